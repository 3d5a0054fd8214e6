/**
 * The states of a batch. Open: orders come and go. Frozen: the list stands. Running: its orders are in the queue.
 * Paused: none of them is taken until it is resumed. Counting: every order came to an end (or was taken out), the blanks
 * are counted. Closed: the counts close, or a person signed the difference.
 */
export const batchStates = ['OPEN', 'FROZEN', 'RUNNING', 'PAUSED', 'COUNTING', 'CLOSED', 'CANCELLED'] as const;

export type BatchState = (typeof batchStates)[number];

/** `stop` takes what is not begun out of the batch after the card in the machine; `cancel` does so before anything was made. */
export type BatchEvent = 'freeze' | 'start' | 'pause' | 'resume' | 'stop' | 'finish' | 'cancel' | 'close';

/** State, event, next state; what is not here cannot happen. */
export const batchTransitions: Readonly<Record<BatchState, Partial<Readonly<Record<BatchEvent, BatchState>>>>> = {
  OPEN: { freeze: 'FROZEN', start: 'RUNNING', cancel: 'CANCELLED' },
  FROZEN: { start: 'RUNNING', cancel: 'CANCELLED' },
  RUNNING: { pause: 'PAUSED', stop: 'COUNTING', finish: 'COUNTING' },
  PAUSED: { resume: 'RUNNING', stop: 'COUNTING' },
  COUNTING: { close: 'CLOSED' },
  CLOSED: {},
  CANCELLED: {},
};

/** The state after an event, or null when it cannot happen in this state. */
export function nextBatchState(state: BatchState, event: BatchEvent): BatchState | null {
  return batchTransitions[state][event] ?? null;
}
