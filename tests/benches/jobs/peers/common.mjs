// What the peers' scripts share: their command line, the jobs, and how a figure is taken.
//
//   enqueue URL JOBS              makes the queue and fills it, 1000 jobs a call
//   drain URL JOBS CONCURRENCY    runs what is there until all of it is settled
//   latency URL RATE SECONDS      enqueues at a rate and runs at once, in this process
//
// Each closes with one line of JSON. Starting node is not measured; starting a worker is.

import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

const BATCH = 1000;
const NOTE = "x".repeat(200);

/** How many calls that enqueue are in flight at once. */
const CALLS = 2;
/** What is discarded of a latency run: connections are made, code is compiled. In seconds. */
const WARM = 1;

/** The arguments of a job: some 230 bytes of JSON, the same for every contender. */
export const load = (number) => ({ number, note: NOTE });

/** Enqueues so many jobs by `insert`, which takes a list of arguments. */
async function fill(jobs, insert) {
  let next = 0;
  const call = async () => {
    while (next < jobs) {
      const first = next;
      next = Math.min(jobs, first + BATCH);
      await insert(Array.from({ length: next - first }, (_, at) => load(first + at)));
    }
  };
  await Promise.all(Array.from({ length: CALLS }, call));
}

/** Waits until `run`, called so many times, was called for the last time. */
export function countdown(jobs) {
  let left = jobs;
  let ended;
  const over = new Promise((resolve) => (ended = resolve));
  const run = () => {
    left -= 1;
    if (left === 0) ended();
  };
  return { run, over };
}

/** Enqueues at a rate whatever comes of it; the waits from the commit's answer to the handler. */
async function paced(rate, seconds, send, started) {
  const jobs = rate * seconds;
  const committed = new Array(jobs);
  const sending = [];
  const begun = performance.now();
  for (let number = 0; number < jobs; number += 1) {
    while (performance.now() < begun + (number * 1000) / rate) await sleep(1);
    const sent = send(load(number)).then(() => (committed[number] = performance.now()));
    sending.push(sent);
  }
  await Promise.all(sending);
  for (let waited = 0; waited < 10_000; waited += 10) {
    if (started.size >= jobs) break;
    await sleep(10);
  }
  const waits = [];
  for (let number = rate * WARM; number < jobs; number += 1) {
    waits.push(Math.max(0, (started.get(number) ?? Infinity) - committed[number]));
  }
  waits.sort((one, other) => one - other);
  const at = (share) => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))];
  return { p50: at(0.5), p99: at(0.99) };
}

/**
 * Runs what the command line asks for. A peer opens a connection and has
 * `insert(list)`, `send(one)`, `drain(jobs, concurrency)`, `work(handler)` and `close()`.
 */
export async function main(open) {
  const [verb, url, ...numbers] = process.argv.slice(2);
  const [first, second] = numbers.map(Number);
  const peer = await open(url, verb);
  let said;
  if (verb === "enqueue") {
    const begun = performance.now();
    await fill(first, peer.insert);
    said = { jobs_per_s: (first * 1000) / (performance.now() - begun) };
  } else if (verb === "drain") {
    const begun = performance.now();
    await peer.drain(first, second);
    said = { jobs_per_s: (first * 1000) / (performance.now() - begun) };
  } else if (verb === "latency") {
    const started = new Map();
    const stop = await peer.work((args) => started.set(args.number, performance.now()));
    said = await paced(first, second, peer.send, started);
    await stop();
  } else {
    throw new Error(`what is ${verb}?`);
  }
  await peer.close();
  console.log(JSON.stringify(said));
  process.exit(0);
}
