// Pages that another server of the same content serves with the same bytes.

// Reads a page at two visitors of servers of the same content, with the results of its forms that reveal and compare if they are
// `wanted`. Returns the links and the addresses of the forms, as `look` does, or nothing if the two differ by more than what depends on
// the request, the store and the clock: tokens and numbers. Only the command has a form to log out.
export async function readTwice(visitor, twin, url, wanted) {
  const path = url.slice(visitor.root.length);
  const [own, other] = await Promise.all([visitor, twin].map(({ context, root }) => read(context.request.get(root + path))));
  if (plain(own) !== plain(other)) return undefined;
  const [sent, others] = [own, other].map(({ text }) => [...text.matchAll(FORM)].map(fieldsOf(text, path)));
  const forms = sent.map(({ action }) => new URL(action, url).href);
  for (const [nth, action] of forms.entries()) {
    if (!wanted(action)) continue;
    const post = ({ context, root }, { fields }) =>
      read(context.request.post(root + action.slice(visitor.root.length), { form: fields, headers: { origin: new URL(root).origin } }));
    const [result, another] = await Promise.all([post(visitor, sent[nth]), post(twin, others[nth])]);
    if (result.status !== 200 || plain(result) !== plain(another)) return undefined;
  }
  const links = [...own.text.matchAll(/<a\b[^>]*? href="([^"]*)"/g)].map(([, link]) => unescaped(link));
  // The browser would say what it makes of one that is none.
  if (!links.every((link) => URL.canParse(link, url))) return undefined;
  return { status: own.status, links: links.map((link) => new URL(link, url).href), forms };
}

const FORM = /<form method="post" action="([^"]*\/(?:reveal|compare))">\n<input type="hidden" name="token" value="([^"]*)">/g;

// As `crawl` fills them in.
function fieldsOf(text, path) {
  const value = text.match(/ name="with"[^>]* value="([^"]*)"/)?.[1];
  const credentials = text.includes(' name="credentials"') ? { credentials: "1" } : {};
  const other = value === undefined ? {} : { with: value || (path.startsWith("events/1/") ? "2" : "1") };
  return ([, action, token]) => ({ action: unescaped(action), fields: { token, reason: "", ...other, ...credentials } });
}

async function read(request) {
  const response = await request;
  return { status: response.status(), headers: response.headers(), text: await response.text() };
}

// The headers that a framework adds to each message say nothing about a page.
function plain({ status, headers, text }) {
  const { date, connection, "content-length": length, "transfer-encoding": coding, "keep-alive": alive, ...others } = headers;
  const page = text
    .replaceAll(/ name="token" value="[^"]*"/g, "")
    .replaceAll(/<form class="logout".*?<\/form>\n?/g, "")
    // Not those of escaped characters.
    .replaceAll(/(?<![#\d])\d+/g, "0");
  return JSON.stringify([status, Object.entries(others).sort(), page]);
}

function unescaped(text) {
  const names = { amp: "&", quot: '"', lt: "<", gt: ">" };
  return text.replaceAll(/&(?:#(\d+)|(\w+));/g, (_, code, name) => (code ? String.fromCodePoint(code) : names[name]));
}
