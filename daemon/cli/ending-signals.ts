import { setMaxListeners } from 'node:events';

/** How a person or a service ends a command that holds a machine. */
export interface EndingSignals {
  /** The first SIGTERM or SIGINT: the card in the machine is finished. */
  readonly drain: AbortSignal;
  /** The second one: the work ends where it is. */
  readonly end: AbortSignal;
}

/** Listens for SIGTERM and SIGINT. */
export function endingSignals(): EndingSignals {
  const [drain, end] = [new AbortController(), new AbortController()];
  // Every wait of a station listens to them: more at a time than Node takes for sound.
  setMaxListeners(0, drain.signal, end.signal);
  const heard = (): void => (drain.signal.aborted ? end.abort() : drain.abort());
  process.on('SIGTERM', heard);
  process.on('SIGINT', heard);
  return { drain: drain.signal, end: end.signal };
}
