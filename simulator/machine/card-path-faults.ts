import { StationFault } from '../../drivers/contracts/fault.ts';

/** Faults of the mechanics: they change the path and stand until a person mends them. */
export const mechanicalFaults = [
  'feeder-empty', 'jam-at-contactless', 'jam-at-contact', 'jam-at-print', 'jam-at-exit', 'jam-at-reject',
  'cover-open', 'ribbon-end', 'ribbon-wrong', 'head-hot', 'need-cleaning', 'hopper-full', 'reject-full', 'left-in-bezel', 'answered-ok-but-jammed',
] as const;

/** Faults of the link and the firmware: the mechanics do what they were told, the host is told something else. */
export const linkFaults = ['no-answer', 'half-answer', 'stale-answer', 'connection-cut', 'reboot', 'ribbon-count-ok', 'insertion-refused', 'magnetic-refused', 'taken-by-another'] as const;

export type MechanicalFault = (typeof mechanicalFaults)[number];
export type LinkFault = (typeof linkFaults)[number];
export type PathFault = MechanicalFault | LinkFault;

/** A fault that waits for the `nth` time (from 1) that its trigger happens; then it happens once. */
export interface ArmedFault {
  readonly name: PathFault;
  readonly trigger: string;
  readonly nth: number;
}

/** What is armed, and how often each trigger has happened so far. */
export interface FaultPlan {
  readonly armed: readonly ArmedFault[];
  readonly seen: Readonly<Record<string, number>>;
}

export const noFaults: FaultPlan = { armed: [], seen: {} };

/** What each fault counts when its armer names nothing else. Acting commands of the language count as `act`. */
export const naturalTrigger: Readonly<Record<PathFault, string>> = {
  'feeder-empty': 'take',
  'jam-at-contactless': 'arrive:contactless',
  'jam-at-contact': 'arrive:contact',
  'jam-at-print': 'arrive:print',
  'jam-at-exit': 'leave:output',
  'jam-at-reject': 'leave:reject',
  'cover-open': 'mark',
  'ribbon-end': 'mark',
  'ribbon-wrong': 'synchronise',
  'head-hot': 'mark',
  'need-cleaning': 'synchronise',
  'hopper-full': 'leave:output',
  'reject-full': 'leave:reject',
  'left-in-bezel': 'leave:output',
  'answered-ok-but-jammed': 'arrive',
  'no-answer': 'act',
  'half-answer': 'act',
  'stale-answer': 'act',
  'connection-cut': 'panel',
  reboot: 'act',
  'ribbon-count-ok': 'command:Rrt',
  'insertion-refused': 'command:Sic',
  'magnetic-refused': 'command:Smw',
  'taken-by-another': 'act',
};

/** The plan with one more fault: `nth` counts from now on. */
export function arm(plan: FaultPlan, name: PathFault, nth: number, trigger: string = naturalTrigger[name]): FaultPlan {
  return { ...plan, armed: [...plan.armed, { name, trigger, nth: nth + (plan.seen[trigger] ?? 0) }] };
}

/** Counts one happening of a trigger: the plan afterwards, and the faults that were waiting for it. */
export function strike(plan: FaultPlan, trigger: string): { readonly plan: FaultPlan; readonly due: readonly PathFault[] } {
  const count = (plan.seen[trigger] ?? 0) + 1;
  const isDue = (fault: ArmedFault): boolean => fault.trigger === trigger && fault.nth === count;
  return {
    plan: { armed: plan.armed.filter((fault) => !isDue(fault)), seen: { ...plan.seen, [trigger]: count } },
    due: plan.armed.filter(isDue).map((fault) => fault.name),
  };
}

const isPathFault = (text: string): text is PathFault => Object.hasOwn(naturalTrigger, text);

/**
 * Reads `NAME@N` (the fault's own trigger) or `NAME@COMMAND:N` (the Nth command of that name, for faults of the link).
 * Throws `SIM-INVALID` for an unknown fault or a count that is no whole number from 1.
 */
export function parseFault(text: string): { readonly name: PathFault; readonly nth: number; readonly trigger: string } {
  const match = /^([a-z-]+)@(?:([A-Za-z]+):)?([1-9]\d{0,8})$/.exec(text);
  const name = match?.[1] ?? '';
  if (match === null || !isPathFault(name)) throw new StationFault('SIM-INVALID', { field: `fault ${text.slice(0, 60)}`, note: `known: ${Object.keys(naturalTrigger).join(', ')}` });
  const isLink = linkFaults.some((fault) => fault === name);
  if (match[2] !== undefined && !isLink) throw new StationFault('SIM-INVALID', { field: `fault ${text.slice(0, 60)}`, note: 'a mechanical fault counts its own acts' });
  return { name, nth: Number(match[3]), trigger: match[2] === undefined ? naturalTrigger[name] : `command:${match[2]}` };
}
