import { readBinary, readSettings } from '../../drivers/codec/espf-message.ts';
import { badValue, EspfError, unknownSession } from './espf-error.ts';
import { emptyJob, isPrintSetting, type EspfJob } from './espf-job.ts';

const faces = new Set(['front', 'back']);
const panels = new Set(['color', 'resin', 'varnish']);
const mostSessions = 32;

interface PrintSession {
  readonly device: string;
  readonly job: EspfJob;
}

/** Print sessions by name. `Begin` asks no questions: also an unknown device gets one. */
export class EspfPrintSessions {
  readonly #sessions = new Map<string, PrintSession>();
  #begun = 0;

  begin(device: string, name: string | undefined): string {
    if (this.#sessions.size >= mostSessions) throw new EspfError(5, 'too many sessions');
    this.#begun += 1;
    const session = name === undefined || name === '' ? `JOB${String(this.#begun).padStart(6, '0')}` : name;
    this.#sessions.set(session, { device, job: emptyJob });
    return session;
  }

  get(name: string): PrintSession {
    const session = this.#sessions.get(name);
    if (session === undefined) throw unknownSession();
    return session;
  }

  set(name: string, data: string): void {
    const session = this.get(name);
    const settings = readSettings(data);
    if (settings === null) throw badValue('data');
    for (const [key, value] of settings) if (!isPrintSetting(key, value)) throw badValue(key);
    this.#sessions.set(name, { ...session, job: { ...session.job, settings: new Map([...session.job.settings, ...settings]) } });
  }

  /** Once per face and panel; a second picture for the same is refused. */
  setBitmap(name: string, face: string, panel: string, data: string): void {
    const session = this.get(name);
    const picture = readBinary(data);
    if (!faces.has(face)) throw badValue('face');
    if (!panels.has(panel)) throw badValue('panel');
    if (picture === null) throw badValue('data');
    const place = `${face} ${panel}` as const;
    if (session.job.pictures.has(place as 'front color')) throw badValue(place);
    this.#sessions.set(name, { ...session, job: { ...session.job, pictures: new Map([...session.job.pictures, [place as 'front color', picture]]) } });
  }

  end(name: string): void {
    if (!this.#sessions.delete(name)) throw unknownSession();
  }
}
