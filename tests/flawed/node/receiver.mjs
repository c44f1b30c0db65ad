// A receiver of Preflix with one flaw: FLAW is none, dedupe-before-success or secret-in-log. See ../src/main.rs.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const { ADDR, SECRET, FLAW, EFFECTS, FAILING } = process.env;
const LIMIT = 1 << 20;
const done = new Set();
const inFlight = new Set();

function isGenuine(headers, body) {
  if (FLAW === 'secret-in-log') console.error('verifying with', { secret: SECRET });
  const timestamp = headers['preflixai-timestamp'] ?? '';
  const expected = createHmac('sha256', SECRET).update(`${timestamp}.`).update(body).digest();
  const sent = Buffer.from(headers['preflixai-signature'] ?? '', 'hex');
  if (sent.length !== expected.length || !timingSafeEqual(sent, expected)) return false;
  return /^\d+$/.test(timestamp) && Math.abs(Date.now() / 1000 - Number(timestamp)) <= 300;
}

async function work(id) {
  // Other deliveries are received meanwhile.
  await new Promise(setImmediate);
  if (existsSync(FAILING)) throw new Error('the work fails');
  appendFileSync(EFFECTS, `${id}\n`);
}

async function handle(body) {
  let id;
  try {
    id = JSON.parse(body).id;
  } catch {
    return 422;
  }
  if (typeof id !== 'string') return 422;
  if (done.has(id)) return 200;
  if (inFlight.has(id)) return 503;
  inFlight.add(id);
  if (FLAW === 'dedupe-before-success') done.add(id);
  try {
    await work(id);
    done.add(id);
    return 200;
  } catch {
    return 500;
  } finally {
    inFlight.delete(id);
  }
}

async function read(request) {
  if (Number(request.headers['content-length'] ?? 0) > LIMIT) return null;
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > LIMIT) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function count(id) {
  if (!existsSync(EFFECTS)) return 0;
  return readFileSync(EFFECTS, 'utf8').split('\n').filter((line) => line === id).length;
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url.replace(/^\/+/, '/'), 'http://receiver');
  const answer = (status, body = '') => response.writeHead(status, { connection: 'close' }).end(body);
  try {
    if (request.method === 'GET' && url.pathname === '/effects') return answer(200, `${count(url.searchParams.get('id'))}`);
    if (url.pathname !== '/hook') return answer(404);
    if (request.method !== 'POST') return answer(405);
    const body = await read(request);
    if (body === null) {
      answer(413);
      return request.destroy();
    }
    answer(isGenuine(request.headers, body) ? await handle(body) : 401);
  } catch {
    // A sender that has closed the connection.
    response.destroy();
  }
});

const [host, port] = ADDR.split(':');
server.listen(Number(port), host, () => console.error(`listening on http://${host}:${server.address().port}`));
