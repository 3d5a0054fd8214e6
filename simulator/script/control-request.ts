import { StationFault } from '../../drivers/contracts/fault.ts';
import { blankKinds, places, type BlankKind, type ControlRequest, type Place } from './control-protocol.ts';

type Fields = Readonly<Record<string, unknown>>;

const maxBlanks = 10_000;

/** Reads one line of the control protocol. Throws `SIM-INVALID` naming what is wrong with it. */
export function parseControlRequest(line: string): ControlRequest {
  const fields = parseFields(line);
  const act = fields['do'];
  switch (act) {
    case 'status':
    case 'look':
    case 'list-faults':
    case 'kill-card-service':
    case 'start-card-service':
    case 'mend':
    case 'stop': return { do: act };
    case 'load-blanks': return { do: act, count: number(fields, 'count', 1, maxBlanks, true), kind: oneOf(fields, 'kind', blankKinds), lot: text(fields, 'lot') };
    case 'take-card':
    case 'dump-chips': return { do: act, uid: text(fields, 'uid') };
    case 'put-card': return { do: act, uid: text(fields, 'uid'), where: oneOf<Place>(fields, 'where', places) };
    case 'swap-cards': return { do: act, first: text(fields, 'first'), second: text(fields, 'second') };
    case 'arm-fault':
    case 'disarm-fault': return { do: act, fault: text(fields, 'fault') };
    case 'change-ribbon': return { do: act, type: text(fields, 'type'), sets: number(fields, 'sets', 0, maxBlanks, true) };
    case 'set-time-factor': return { do: act, factor: number(fields, 'factor', 0, 100, false) };
    default: throw new StationFault('SIM-INVALID', { field: 'do', note: `${JSON.stringify(act)?.slice(0, 60) ?? 'nothing'} is not in the vocabulary` });
  }
}

function parseFields(line: string): Fields {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  } catch (error) {
    throw new StationFault('SIM-INVALID', { field: 'line', note: 'not JSON' }, error);
  }
  throw new StationFault('SIM-INVALID', { field: 'line', note: 'not an object' });
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string' && value.length > 0 && value.length <= 200) return value;
  throw new StationFault('SIM-INVALID', { field: name, note: 'a text of 1 to 200 characters is needed' });
}

function number(fields: Fields, name: string, lowest: number, highest: number, whole: boolean): number {
  const value = fields[name];
  if (typeof value === 'number' && value >= lowest && value <= highest && (!whole || Number.isInteger(value))) return value;
  throw new StationFault('SIM-INVALID', { field: name, note: `a ${whole ? 'whole ' : ''}number from ${lowest} to ${highest} is needed` });
}

function oneOf<T extends BlankKind | Place>(fields: Fields, name: string, values: readonly T[]): T {
  const found = values.find((value) => value === fields[name]);
  if (found !== undefined) return found;
  throw new StationFault('SIM-INVALID', { field: name, note: `one of ${values.join(', ')} is needed` });
}
