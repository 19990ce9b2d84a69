// Reading what a server answered.

/** What an answer says: null where it says nothing, or where a no is not JSON. A yes that is cut short
 * or given up on the way throws as `fetch` does: it is no answer. @param {Response} answer */
export async function bodyOf(answer) {
  const text = await answer.text();
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (answer.ok) throw error;
    return null; // a page of a proxy between us and the server
  }
}
