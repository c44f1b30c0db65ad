// Many requests for the official SDKs of the providers, at a clock that stands still.
//
// One JSON object on stdin, one JSON list on stdout, an answer per job:
//   {"now","jobs":[{"action":"verify","sdk","secret","headers","body","url"}, …]}
//     → {"ok":true} or {"ok":false,"error"}
//   {"now","jobs":[{"action":"sign","sdk","secret","id","timestamp","body","url"}, …]}
//     → {"headers","body"}
// "secret" is what verifies: the public key, where there is a pair of keys.

import { json } from "node:stream/consumers";

const { now, jobs } = await json(process.stdin);
const Clock = Date;
globalThis.Date = class extends Clock {
  constructor(...time) {
    super(...(time.length ? time : [Clock.now()]));
  }
};
Clock.now = Date.now = () => now * 1000;

// The answers alone go to stdout.
console.log = console.info = console.warn = console.error;

// Imported behind the clock, because a module may keep what it finds.
const { sdks } = await import("./sdks.mjs");
const { verifiers } = await import("./verifiers.mjs");
const { signers } = await import("./signers.mjs");
const { verify } = await import("./verify.mjs");

const actions = {
  verify: (job) => verify(find({ ...sdks, ...verifiers }, job), job),
  async sign(job) {
    const { headers, body = job.body } = await find(signers, job).sign(job);
    return { headers, body };
  },
};

const answers = [];
for (const job of jobs) answers.push(await actions[job.action](job));
process.stdout.write(`${JSON.stringify(answers)}\n`);

function find(table, { sdk }) {
  if (!table[sdk]) throw new Error(`unknown sdk: ${sdk}`);
  return table[sdk];
}
