"""The `Jobs` port on pgqueuer: in memory beside SQLite, on PostgreSQL beside PostgreSQL.

    jobs = bot.jobs.queue.memory_queue()           everything in this process
    jobs = bot.jobs.postgres.postgres_queue(url)   any number of processes that enqueue, that work, or both
    jobs.on("question", answering.work, at_once=16)
    await jobs.run(stop)

A task is a hint.  What must not be lost is in the store, and a sweep makes tasks of it again; so a handler
that fails costs its task and nothing else, and nothing of what the embedded queue holds is kept.
"""
