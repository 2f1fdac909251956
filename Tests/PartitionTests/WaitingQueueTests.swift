import CAPEX
import PartitionKit
import TestSeeds
import Testing

/// The order in which the processes of a partition that wait for one thing get it.
@Suite struct WaitingQueueTests {
  private func queue(_ discipline: WaitingQueue.Discipline, _ priorities: [Int]) -> WaitingQueue {
    var queue = WaitingQueue(discipline)
    for (process, priority) in priorities.enumerated() {
      let isTaken = queue.insert(.init(process: process, priority: priority))
      #expect(isTaken)
    }
    return queue
  }

  private func order(_ queue: WaitingQueue) -> [Int] {
    var queue = queue
    var order: [Int] = []
    while let waiter = queue.removeFirst() { order.append(waiter.process) }
    return order
  }

  @Test func firstComeFirstServed() {
    #expect(order(queue(.fifo, [5, 1, 9, 9, 2])) == [0, 1, 2, 3, 4])
  }

  @Test func greaterPrioritiesFirstAndEqualOnesAsTheyCame() {
    #expect(order(queue(.priority, [5, 1, 9, 9, 2, 5])) == [2, 3, 0, 5, 4, 1])
  }

  @Test func whoWaitsNoLongerLeavesTheOthersInOrder() {
    var one = queue(.priority, [5, 1, 9, 9, 2, 5])
    let removals = [one.remove(process: 3), one.remove(process: 1), one.remove(process: 3)]
    #expect(removals == [true, true, false])
    #expect(one.count == 4)
    #expect(order(one) == [2, 0, 5, 4])
  }

  @Test func aFullQueueTakesNobody() {
    var full = queue(.fifo, Array(repeating: 1, count: WaitingQueue.capacity))
    let isTaken = full.insert(.init(process: 99, priority: 99))
    #expect(!isTaken)
    #expect(full.count == WaitingQueue.capacity)
    let served = full.removeFirst()
    #expect(served?.process == 0)
    let isTakenNow = full.insert(.init(process: 99, priority: 99))
    #expect(isTakenNow)
    #expect(order(full).last == 99)
  }

  /// Any order of arrivals and departures gives what sorting gives, in Swift and in C.
  @Test func theOrderIsThatOfAStableSort() {
    let seed = TestSeed.draw()
    print("waiting seed \(seed)")
    var state = seed
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    for discipline in [WaitingQueue.Discipline.fifo, .priority] {
      var queue = WaitingQueue(discipline)
      var twin = partita_waiting_queue()
      twin.by_priority = discipline == .priority
      var model: [WaitingQueue.Waiter] = []
      for process in 0..<2000 {
        if next(3) > 0, model.count < WaitingQueue.capacity {
          let waiter = WaitingQueue.Waiter(process: process, priority: next(5))
          let isTaken = queue.insert(waiter)
          let isTakenByTwin = partita_waiting_insert(&twin, Int32(process), Int32(waiter.priority))
          #expect(isTaken && isTakenByTwin)
          let place = discipline == .fifo ? nil : model.firstIndex { $0.priority < waiter.priority }
          model.insert(waiter, at: place ?? model.count)
        } else if !model.isEmpty {
          if next(4) == 0 {
            let gone = model.remove(at: next(model.count))
            let wasThere = queue.remove(process: gone.process)
            let wasInTwin = partita_waiting_remove(&twin, Int32(gone.process))
            #expect(wasThere && wasInTwin)
          } else {
            let servedByTwin = partita_waiting_first(&twin)
            let served = queue.removeFirst()
            #expect(served == model.removeFirst(), "seed \(seed)")
            #expect(served?.process == Int(servedByTwin), "seed \(seed)")
            _ = partita_waiting_remove(&twin, servedByTwin)
          }
        }
        #expect(queue.count == model.count && queue.first == model.first, "seed \(seed)")
        #expect(Int(twin.count) == model.count, "seed \(seed)")
      }
    }
  }
}
