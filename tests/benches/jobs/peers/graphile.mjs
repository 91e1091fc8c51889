// graphile-worker, tuned as its page on performance says: jobs are fetched 500 at a time, their
// ends are written together, and no wait is added before the next fetch.

import { Logger, makeWorkerUtils, run } from "graphile-worker";
import { countdown, main } from "./common.mjs";

const logger = new Logger(() => () => {});

async function open(url) {
  const utils = await makeWorkerUtils({ connectionString: url, logger });
  await utils.migrate();
  const start = (concurrency, noop) =>
    run({
      logger,
      noHandleSignals: true,
      taskList: { noop },
      preset: {
        worker: {
          connectionString: url,
          concurrentJobs: concurrency,
          maxPoolSize: Math.min(concurrency + 2, 25),
          localQueue: { size: 500 },
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
        },
      },
    });
  const insert = (list) =>
    utils.addJobs(list.map((payload) => ({ identifier: "noop", payload })));
  return {
    insert,
    send: (one) => utils.addJob("noop", one),
    async drain(jobs, concurrency) {
      const { run: handler, over } = countdown(jobs);
      const runner = await start(concurrency, handler);
      await over;
      await runner.stop();
    },
    async work(handler) {
      const runner = await start(20, handler);
      return () => runner.stop();
    },
    close: () => utils.release(),
  };
}

await main(open);
