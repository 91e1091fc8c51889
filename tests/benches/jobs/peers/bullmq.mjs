// BullMQ on a Redis that keeps nothing on disk, over a unix socket. Jobs are kept when they are
// over, as by default.

import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { countdown, main } from "./common.mjs";

const QUEUE = "noop";

async function open(path, verb) {
  const connect = () => new Redis(path, { maxRetriesPerRequest: null });
  const own = connect();
  if (verb !== "drain") await own.flushall();
  const queue = new Queue(QUEUE, { connection: own });
  const start = (concurrency, run) =>
    new Worker(QUEUE, run, { connection: connect(), concurrency });
  return {
    insert: (list) => queue.addBulk(list.map((data) => ({ name: "noop", data }))),
    send: (one) => queue.add("noop", one),
    async drain(jobs, concurrency) {
      const { run, over } = countdown(jobs);
      const worker = start(concurrency, async () => run());
      await over;
      await worker.close();
    },
    async work(handler) {
      const worker = start(20, async (job) => void handler(job.data));
      await worker.waitUntilReady();
      return () => worker.close();
    },
    close: () => queue.close(),
  };
}

await main(open);
