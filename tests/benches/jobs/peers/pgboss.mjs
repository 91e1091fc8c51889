// pg-boss, tuned: batches of 1000 are fetched and completed by several loops at once, which is its
// fastest way; for latency its workers are woken by NOTIFY.

import { PgBoss } from "pg-boss";
import { main } from "./common.mjs";

const QUEUE = "noop";
const BATCH = 1000;

async function open(url, verb) {
  const boss = new PgBoss({
    connectionString: url,
    max: 10,
    supervise: false,
    schedule: false,
    useListenNotify: verb === "latency",
  });
  boss.on("error", (error) => console.error(error));
  await boss.start();
  await boss.createQueue(QUEUE, { notify: verb === "latency" });
  return {
    insert: (list) => boss.insert(QUEUE, list.map((data) => ({ data }))),
    send: (one) => boss.send(QUEUE, one),
    async drain(jobs, loops) {
      let done = 0;
      const loop = async () => {
        for (;;) {
          const batch = await boss.fetch(QUEUE, { batchSize: BATCH });
          if (batch.length === 0) return;
          await boss.complete(QUEUE, batch.map((job) => job.id));
          done += batch.length;
        }
      };
      await Promise.all(Array.from({ length: loops }, loop));
      if (done !== jobs) throw new Error(`${done} of ${jobs} jobs were run`);
    },
    async work(handler) {
      const options = { batchSize: 100, localConcurrency: 4, pollingIntervalSeconds: 0.5 };
      await boss.work(QUEUE, options, async (batch) => batch.forEach((job) => handler(job.data)));
      return () => boss.offWork(QUEUE, { wait: true });
    },
    close: () => boss.stop({ graceful: false, close: true }),
  };
}

await main(open);
