import { readSettings } from '../../drivers/codec/espf-message.ts';
import { badValue, EspfError, unknownDevice, unknownSession } from './espf-error.ts';

const formats = new Set(['printer', 'text', 'xml', 'default']);

interface SettingSession {
  readonly values: ReadonlyMap<string, string> | null;
}

/** Setting sessions: what the printer is set to, imported before it can be read, exported as text. */
export class EspfSettings {
  readonly #sessions = new Map<string, SettingSession>();
  readonly #defaults: ReadonlyMap<string, string>;
  #begun = 0;

  constructor(defaults: ReadonlyMap<string, string>) {
    this.#defaults = defaults;
  }

  begin(known: boolean): string {
    if (!known) throw unknownDevice();
    this.#begun += 1;
    const name = `SETTING${String(this.#begun).padStart(6, '0')}`;
    this.#sessions.set(name, { values: null });
    return name;
  }

  import(name: string, format: string, data: string): string {
    this.#get(name);
    if (!formats.has(format)) throw badValue('format');
    const values = format === 'text' ? readSettings(data) : this.#defaults;
    if (values === null) throw badValue('data');
    this.#sessions.set(name, { values });
    return 'OK';
  }

  export(name: string, format: string): string {
    const values = this.#imported(name);
    if (!formats.has(format)) throw badValue('format');
    if (format === 'xml') return `<settings>${[...values].map(([key, value]) => `<${key}>${value}</${key}>`).join('')}</settings>`;
    return [...values].map(([key, value]) => `${key}=${value}`).join(';');
  }

  get(name: string, key: string): string {
    const value = this.#imported(name).get(key);
    if (value === undefined) throw badValue(key);
    return value;
  }

  set(name: string, data: string): string {
    const values = this.#imported(name);
    const changes = readSettings(data);
    if (changes === null) throw badValue('data');
    this.#sessions.set(name, { values: new Map([...values, ...changes]) });
    return 'OK';
  }

  end(name: string): string {
    if (!this.#sessions.delete(name)) throw unknownSession();
    return 'OK';
  }

  #get(name: string): SettingSession {
    const session = this.#sessions.get(name);
    if (session === undefined) throw unknownSession();
    return session;
  }

  #imported(name: string): ReadonlyMap<string, string> {
    const { values } = this.#get(name);
    if (values === null) throw new EspfError(6, 'import not done');
    return values;
  }
}
