// The path of a URL with its query.
export function target(url) {
  const { pathname, search } = new URL(url);
  return pathname + search;
}
