// Whether an SDK believes a request: {"ok":true} or {"ok":false,"error"}.
export async function verify(sdk, request) {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  try {
    const ok = await sdk.verify({ ...request, headers });
    return ok ? { ok } : { ok, error: "signature mismatch" };
  } catch (error) {
    return { ok: false, error: error.message };
  }
}
