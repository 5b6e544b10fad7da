/** What a user pasted, read as the address the browser ended at: its parameters, or why it is none. */
export type PastedRedirect =
  | { readonly isRead: true; readonly parameters: URLSearchParams }
  | { readonly isRead: false; readonly reason: string };

/** Reads a pasted address, with quotes or spaces around it; a code alone is not enough, for its state could not be checked. */
export function parseRedirect(text: string, redirectUri: string): PastedRedirect {
  const address = text.trim().replace(/^["'<]+|["'>]+$/g, "");
  if (!URL.canParse(address)) {
    return {
      isRead: false,
      reason: `That is no address. Paste all of the browser's address line: ${redirectUri}?code=…`,
    };
  }
  const { origin, pathname, searchParams } = new URL(address);
  const expected = new URL(redirectUri);
  if (origin !== expected.origin || pathname !== expected.pathname) {
    const reason = `That is not where the browser ends. Agree there first, then paste the address: ${redirectUri}?code=…`;
    return { isRead: false, reason };
  }
  return { isRead: true, parameters: searchParams };
}
