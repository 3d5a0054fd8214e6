import type { EncoderIntent, IntentPort } from '../contracts/encoder.ts';

type Identifiers = Readonly<Record<string, string | number>>;

/** An intent of this encoder. */
export function pivIntent(act: string, effect: EncoderIntent['effect'], data?: Identifiers): EncoderIntent {
  return data === undefined ? { step: 'piv', effect, act } : { step: 'piv', effect, act, data };
}

/** Does something that may be done again: its intent durable before, its end after. */
export async function repeatable<T>(intents: IntentPort, act: string, work: () => Promise<T>, data?: Identifiers): Promise<T> {
  const intent = pivIntent(act, 'repeatable', data);
  await intents.intend(intent);
  const result = await work();
  await intents.achieved(intent);
  return result;
}
