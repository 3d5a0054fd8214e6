/**
 * What ends an answer. The node of a USB printer ends answers with NUL; for TCP no public text shows the end, so the
 * simulated printer sends CR and the host takes CR, LF and NUL alike, in any number (printers.md 2.2, 12).
 */
export const answerEnd = '\r';
const answerEnds: ReadonlySet<number> = new Set([0x0d, 0x0a, 0x00]);

/** Longer than any answer of the language; a device that sends more speaks something else. */
export const longestAnswer = 1024;

/** What is known after some bytes: nothing complete yet, an answer, or bytes that are no answer. */
export type AnswerProgress =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'answer'; readonly text: string; readonly rest: Uint8Array }
  | { readonly kind: 'garbage'; readonly reason: string };

/**
 * Looks for one answer in everything that came since the command was sent. Ends that stand before the text are
 * skipped; `rest` is what follows the answer and its ends.
 */
export function readAnswer(bytes: Uint8Array): AnswerProgress {
  let start = 0;
  while (start < bytes.length && answerEnds.has(bytes[start] ?? -1)) start += 1;
  let end = start;
  while (end < bytes.length && !answerEnds.has(bytes[end] ?? -1)) {
    const byte = bytes[end] ?? 0;
    if (byte < 0x20 || byte === 0x7f) return { kind: 'garbage', reason: `control character ${String(byte)}` };
    if (end - start >= longestAnswer) return { kind: 'garbage', reason: 'answer without end' };
    end += 1;
  }
  if (end === bytes.length) return { kind: 'incomplete' };
  let next = end;
  while (next < bytes.length && answerEnds.has(bytes[next] ?? -1)) next += 1;
  return { kind: 'answer', text: Buffer.from(bytes.subarray(start, end)).toString('latin1').trim(), rest: bytes.subarray(next) };
}
