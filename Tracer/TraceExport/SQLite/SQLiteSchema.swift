/// The tables and views of an exported database; `partita query --schema` prints this text.
///
/// Instants and lengths of time are nanoseconds. SQLite has signed integers only: a 64-bit number above 2⁶³ that an
/// event tells shows as a negative one, 'never' as -1; an event at such an instant is refused. `printf('%x', w0)` shows
/// addresses.
public enum SQLiteSchema {
  /// What is made before the first row comes.
  static let tables = """
    -- Names.
    CREATE TABLE information(key TEXT PRIMARY KEY, value);          -- module, table and image identity, format;
                                                                    -- condition: 'complete', or what is missing;
                                                                    -- note: what a flight recorder overwrote
    CREATE TABLE partition(id INTEGER PRIMARY KEY, name TEXT);      -- 255 is none: the idle loop, the module. Events
                                                                    -- may have others: a reference without a row
    CREATE TABLE kind(id INTEGER PRIMARY KEY, name TEXT, class TEXT);
    CREATE TABLE label(topic TEXT, id INTEGER, name TEXT, PRIMARY KEY(topic, id));  -- vector, hypercall, returnCode …
    CREATE TABLE port(id INTEGER PRIMARY KEY, partition INTEGER, name TEXT, kind TEXT, direction TEXT,
      channel INTEGER);
    CREATE TABLE process(id INTEGER PRIMARY KEY, partition INTEGER, name TEXT, period_ns INTEGER,
      deadline_ns INTEGER);                                         -- deadline NULL: none

    -- Every event, as it was recorded. Sources/TraceFormat/TraceFormat.docc/Events.md says what the parts mean.
    CREATE TABLE event(position INTEGER, time_ns INTEGER, kind INTEGER, partition INTEGER, detail INTEGER,
      operand INTEGER, w0 INTEGER, w1 INTEGER, w2 INTEGER, w3 INTEGER, w4 INTEGER, w5 INTEGER, w6 INTEGER,
      w7 INTEGER, fields TEXT);                                     -- fields: what 'partita dump' prints

    -- What the events tell together. 'position' is that of the event that begins it. An end that is NULL is unknown:
    -- events are missing, or the export ends before.
    CREATE TABLE frame(position INTEGER, number INTEGER, schedule INTEGER, start_ns INTEGER, began_ns INTEGER);
    CREATE TABLE window_run(position INTEGER, window INTEGER, partition INTEGER, frame INTEGER, start_ns INTEGER,
      end_ns INTEGER, began_ns INTEGER, first_instruction_ns INTEGER, ended_ns INTEGER);
    CREATE TABLE switch(position INTEGER, time_ns INTEGER, from_partition INTEGER, to_partition INTEGER,
      ready INTEGER);                                               -- ready: the one that lost the CPU had not yielded
    CREATE TABLE step(position INTEGER, kind INTEGER, what INTEGER, partition INTEGER, entered_ns INTEGER,
      left_ns INTEGER, to_partition INTEGER);                       -- a stay in the kernel; then ring 3 of to_partition
    CREATE TABLE call(position INTEGER, partition INTEGER, number INTEGER, entered_ns INTEGER, answered_ns INTEGER,
      status INTEGER, value INTEGER, left_ns INTEGER);
    CREATE TABLE interrupt(position INTEGER, vector INTEGER, partition INTEGER, entered_ns INTEGER,
      acknowledged_ns INTEGER);                                     -- partition: the one interrupted
    CREATE TABLE mark(position INTEGER, time_ns INTEGER, partition INTEGER, vector INTEGER, waiting INTEGER,
      interrupt_position INTEGER);
    CREATE TABLE upcall(position INTEGER, partition INTEGER, vector INTEGER, ordinal INTEGER, coalesced INTEGER,
      depth INTEGER, mark_position INTEGER, began_ns INTEGER, ended_ns INTEGER);  -- mark: the first that it serves
    CREATE TABLE mode(position INTEGER, time_ns INTEGER, partition INTEGER, mode INTEGER, condition INTEGER);
    CREATE TABLE activation(process INTEGER, released_ns INTEGER,
      completed_ns INTEGER, used_ns INTEGER, became TEXT);          -- released: from when on the deadline counts;
                                                                    -- used: of that deadline, by the end of the job;
                                                                    -- where it was moved, all but what was left of the
                                                                    -- new one; where one was missed, no less than then;
                                                                    -- of who is under way at the end of the trace NULL,
                                                                    -- but where he has missed his deadline by then;
                                                                    -- became: complete; late: not by the next release,
                                                                    -- nor by its deadline; stopped, or given up for
                                                                    -- the next one; NULL: still under way
    CREATE TABLE process_run(process INTEGER, from_ns INTEGER, to_ns INTEGER,
      became TEXT);                                                 -- has the processor, as its scheduler tells; then
                                                                    -- ready, waiting, complete, dormant, faulted; cut:
                                                                    -- its partition lost the CPU; stopped: with that
    CREATE TABLE gap(after_ns INTEGER, until_ns INTEGER, missing INTEGER, reason TEXT);  -- missing NULL: unknown

    """

  /// What is made once all rows are there, which is faster.
  static let indices = """
    CREATE INDEX event_by_position ON event(position);
    CREATE INDEX event_by_kind ON event(kind, time_ns);
    CREATE INDEX mark_by_position ON mark(position);
    CREATE INDEX interrupt_by_position ON interrupt(position);

    """

  /// What is made last: the tables with names and joined, as queries want them.
  static let views = """
    -- Every event with names. partition is NULL where the module has none of that index: a trace may say anything;
    -- partition_index is what it says.
    CREATE VIEW events AS
      SELECT e.position, e.time_ns, k.class, k.name AS kind, p.name AS partition, e.fields,
        e.partition AS partition_index
      FROM event e LEFT JOIN kind k ON k.id = e.kind LEFT JOIN partition p ON p.id = e.partition;

    -- Windows: what was planned, what came of it. late_ns: first instruction less nominal start. In a partition's first
    -- window after its start or restart its memory is made anew first: that is in late_ns (and in 'window start' of the
    -- view latencies), and the claim window.start.instant leaves such windows out.
    CREATE VIEW windows AS
      SELECT w.position, w.frame, w.window, p.name AS partition, w.start_ns, w.end_ns, w.began_ns,
        w.first_instruction_ns, w.ended_ns, w.first_instruction_ns - w.start_ns AS late_ns,
        w.ended_ns - w.began_ns AS length_ns
      FROM window_run w LEFT JOIN partition p ON p.id = w.partition;

    CREATE VIEW switches AS
      SELECT s.position, s.time_ns, a.name AS from_partition, b.name AS to_partition, s.ready
      FROM switch s LEFT JOIN partition a ON a.id = s.from_partition LEFT JOIN partition b ON b.id = s.to_partition;

    -- Hypercalls: kernel_ns is the whole stay in the kernel, answer_ns up to the answer. What has no name shows as its
    -- number, and as a text too, so that a column has one type.
    CREATE VIEW hypercalls AS
      SELECT c.position, c.entered_ns AS time_ns, p.name AS partition, coalesce(n.name, c.number || '') AS hypercall,
        coalesce(r.name, c.status || '') AS status, c.value, c.answered_ns - c.entered_ns AS answer_ns,
        c.left_ns - c.entered_ns AS kernel_ns
      FROM call c LEFT JOIN partition p ON p.id = c.partition
        LEFT JOIN label n ON n.topic = 'hypercall' AND n.id = c.number
        LEFT JOIN label r ON r.topic = 'returnCode' AND r.id = c.status;

    CREATE VIEW interrupts AS
      SELECT i.position, i.entered_ns AS time_ns, coalesce(v.name, i.vector || '') AS vector, p.name AS interrupted,
        i.acknowledged_ns - i.entered_ns AS acknowledge_ns,
        (SELECT count(*) FROM mark m WHERE m.interrupt_position = i.position) AS marks
      FROM interrupt i LEFT JOIN partition p ON p.id = i.partition
        LEFT JOIN label v ON v.topic = 'vector' AND v.id = i.vector;

    CREATE VIEW upcalls AS
      SELECT u.position, u.began_ns AS time_ns, p.name AS partition, coalesce(v.name, u.vector || '') AS vector,
        u.ordinal, u.coalesced, u.depth, u.ended_ns - u.began_ns AS length_ns, u.began_ns - m.time_ns AS waited_ns
      FROM upcall u LEFT JOIN partition p ON p.id = u.partition LEFT JOIN mark m ON m.position = u.mark_position
        LEFT JOIN label v ON v.topic = 'vector' AND v.id = u.vector;

    -- From the interrupt to the upcall that serves its mark, step by step.
    CREATE VIEW interrupts_to_upcalls AS
      SELECT i.position AS interrupt_position, m.position AS mark_position, u.position AS upcall_position,
        coalesce(v.name, u.vector || '') AS vector, p.name AS partition, i.entered_ns AS interrupt_ns,
        m.time_ns - i.entered_ns AS to_mark_ns, u.began_ns - m.time_ns AS mark_to_upcall_ns,
        u.began_ns - i.entered_ns AS total_ns, u.coalesced
      FROM upcall u JOIN mark m ON m.position = u.mark_position JOIN interrupt i ON i.position = m.interrupt_position
        LEFT JOIN partition p ON p.id = u.partition LEFT JOIN label v ON v.topic = 'vector' AND v.id = u.vector;

    -- Messages by port. valid: read data within its refresh period; waiting: messages in the fullest destination.
    CREATE VIEW port_traffic AS
      SELECT e.position, e.time_ns, p.name AS partition, o.name AS port, coalesce(l.name, e.detail || '') AS operation,
        o.channel, e.w0 AS length, e.w1 AS message,
        CASE WHEN e.detail IN (1, 2) THEN e.w2 <> 0 END AS valid,
        CASE e.detail WHEN 3 THEN e.w2 WHEN 4 THEN e.w2 >> 1 END AS waiting
      FROM event e LEFT JOIN partition p ON p.id = e.partition LEFT JOIN port o ON o.id = e.operand
        LEFT JOIN label l ON l.topic = 'portOperation' AND l.id = e.detail
      WHERE e.kind = 26;

    -- Releases and completions of the module's processes. Who is not complete when he is released anew has no
    -- response, and has not met his deadline; nor has who is stopped behind it, or is under way behind it when the
    -- trace ends. A response is what is held against the deadline: the time since the release, or where the deadline
    -- was moved, what was used of it.
    CREATE VIEW processes AS
      SELECT q.name AS process, p.name AS partition, a.released_ns, a.completed_ns,
        CASE WHEN a.completed_ns IS NOT NULL THEN a.used_ns END AS response_ns, q.deadline_ns,
        CASE WHEN q.deadline_ns IS NULL THEN NULL
          WHEN a.became = 'late' OR a.used_ns > q.deadline_ns THEN 0
          WHEN a.became = 'complete' THEN 1 END AS met, a.became
      FROM activation a JOIN process q ON q.id = a.process LEFT JOIN partition p ON p.id = q.partition;

    -- Stretches in which processes have the processor, cut where their partitions lose it. Kernel entries are in them.
    CREATE VIEW process_runs AS
      SELECT q.name AS process, p.name AS partition, r.from_ns, r.to_ns, r.to_ns - r.from_ns AS length_ns, r.became
      FROM process_run r JOIN process q ON q.id = r.process LEFT JOIN partition p ON p.id = q.partition;

    -- Time in ring 3, from one stay in the kernel to the next.
    CREATE VIEW ring3 AS
      SELECT p.name AS partition, s.left_ns AS from_ns, s.next_ns AS to_ns, s.next_ns - s.left_ns AS length_ns
      FROM (SELECT to_partition, left_ns, lead(entered_ns) OVER (ORDER BY position) AS next_ns FROM step) s
        LEFT JOIN partition p ON p.id = s.to_partition
      WHERE s.left_ns IS NOT NULL AND s.to_partition IS NOT NULL;

    -- Count, least, mean and greatest of what is measured. 'hypercall' is the whole stay in the kernel, whoever runs
    -- next; "hypercall → resumed" of 'partita stats' leaves out calls after which another partition does (yield).
    CREATE VIEW latencies AS
      SELECT 'window start' AS measure, partition AS subject, count(late_ns) AS count, min(late_ns) AS least_ns,
        avg(late_ns) AS mean_ns, max(late_ns) AS greatest_ns
        FROM windows WHERE late_ns IS NOT NULL GROUP BY partition
      UNION ALL SELECT 'hypercall', hypercall, count(*), min(kernel_ns), avg(kernel_ns), max(kernel_ns)
        FROM hypercalls WHERE kernel_ns IS NOT NULL GROUP BY hypercall
      UNION ALL SELECT 'interrupt to end of interrupt', vector, count(*), min(acknowledge_ns), avg(acknowledge_ns),
        max(acknowledge_ns)
        FROM interrupts WHERE acknowledge_ns IS NOT NULL GROUP BY vector
      UNION ALL SELECT 'interrupt to mark', line, count(*), min(m.time_ns - i.entered_ns),
        avg(m.time_ns - i.entered_ns), max(m.time_ns - i.entered_ns)
        FROM (SELECT i.position, i.entered_ns, coalesce(v.name, i.vector || '') AS line FROM interrupt i
          LEFT JOIN label v ON v.topic = 'vector' AND v.id = i.vector) i
        JOIN mark m ON m.interrupt_position = i.position GROUP BY line
      UNION ALL SELECT 'mark to upcall', partition || ' ' || vector, count(*), min(waited_ns), avg(waited_ns),
        max(waited_ns)
        FROM upcalls WHERE waited_ns IS NOT NULL GROUP BY partition, vector
      UNION ALL SELECT 'process response', process, count(*), min(response_ns), avg(response_ns), max(response_ns)
        FROM processes WHERE response_ns IS NOT NULL GROUP BY process;

    """

  /// All of it.
  public static var text: String { tables + indices + views }
}
