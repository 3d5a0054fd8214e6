import type { EspfRequest } from '../../drivers/codec/espf-message.ts';
import { badValue, missing, unknownDevice, unknownMethod, EspfError } from './espf-error.ts';
import type { SupervisedPrinter } from './espf-printer.ts';
import { EspfPrintSessions } from './espf-print-sessions.ts';
import { EspfSettings } from './espf-settings.ts';

/** A parameter's value; throws the service's error when the call lacks it. */
type Param = (name: string) => string;
type Method = (param: Param, request: EspfRequest) => string | Promise<string>;

export interface EspfServiceOptions<Card> {
  readonly printer: SupervisedPrinter<Card>;
  /** The printer's name in the service, such as `Evolis Primacy 2 Duplex`. */
  readonly device: string;
  readonly model: string;
  readonly serial: string;
}

/** The methods of the service (printers.md 3). One printer is known under its device name. */
export class EspfService<Card> {
  readonly #options: EspfServiceOptions<Card>;
  readonly #sessions = new EspfPrintSessions();
  readonly #settings: EspfSettings;
  readonly #params: Map<string, string>;
  readonly #methods: ReadonlyMap<string, Method>;
  readonly #removed = new Set<string>();

  constructor(options: EspfServiceOptions<Card>) {
    this.#options = options;
    this.#settings = new EspfSettings(new Map([['Model', options.model], ['SerialNumber', options.serial], ['GRibbonType', 'RC_YMCKO'], ['GInputTray', 'FEEDER']]));
    this.#params = new Map([
      ['ESPFService.version', '6.0.0'],
      ['ESPFServerManager.port', '18000'],
      ['ESPFServerManager.tcpenabled', 'true'],
      ['ESPFTcpServerConnectionSupervisor.receivetimeout', '1000'],
    ]);
    this.#methods = new Map([...this.#commandMethods(), ...this.#printMethods(), ...this.#supervisionMethods(), ...this.#settingMethods(), ...this.#otherMethods()]);
  }

  /** Executes one call. Throws `EspfError`. */
  async call(request: EspfRequest): Promise<string> {
    const method = this.#methods.get(request.method);
    if (method === undefined) throw unknownMethod();
    return method((name) => {
      const value = request.params[name];
      if (value === undefined) throw missing(name);
      return value;
    }, request);
  }

  #printer(device: string): SupervisedPrinter<Card> {
    if (device !== this.#options.device || this.#removed.has(device)) throw unknownDevice();
    return this.#options.printer;
  }

  #commandMethods(): readonly (readonly [string, Method])[] {
    return [
      ['CMD.SendCommand', async (param) => this.#printer(param('device')).send(param('command'))],
      // The form of the binary status is not public, so none is made up.
      ['CMD.GetStatus', (param) => {
        this.#printer(param('device'));
        throw new EspfError(9, 'status not available');
      }],
      ['CMD.ResetCom', (param) => {
        this.#printer(param('device'));
        return 'OK';
      }],
    ];
  }

  #printMethods(): readonly (readonly [string, Method])[] {
    return [
      ['PRINT.Begin', (param, { params }) => this.#sessions.begin(param('device'), params['session'])],
      ['PRINT.Set', (param) => {
        this.#sessions.set(param('session'), param('data'));
        return 'OK';
      }],
      ['PRINT.SetBitmap', (param) => {
        this.#sessions.setBitmap(param('session'), param('face'), param('panel'), param('data'));
        return 'OK';
      }],
      ['PRINT.Print', async (param) => {
        const { device, job } = this.#sessions.get(param('session'));
        return this.#printer(device).print(job);
      }],
      ['PRINT.End', (param) => {
        this.#sessions.end(param('session'));
        return 'OK';
      }],
    ];
  }

  #supervisionMethods(): readonly (readonly [string, Method])[] {
    const { device, model, printer } = this.#options;
    return [
      ['SUPERVISION.List', (param) => {
        const asked = param('device');
        if ((asked !== '' && asked !== model && asked !== device) || this.#removed.has(device)) return '';
        const { major, minor } = printer.state;
        const level = param('level');
        if (level === '0') return device;
        return level === '1' ? `${device},${major}` : `${device},${major},${minor}`;
      }],
      ['SUPERVISION.GetState', (param) => {
        const { major, minor } = this.#printer(param('device')).state;
        return `${major},${minor}`;
      }],
      ['SUPERVISION.GetEvent', (param) => this.#printer(param('device')).events.text],
      ['SUPERVISION.SetEvent', (param) => {
        if (!this.#printer(param('device')).events.answer(param('action'))) throw badValue('action');
        return 'OK';
      }],
      ['SUPERVISION.AddDevice', (param) => {
        if (param('device') !== device) throw unknownDevice();
        this.#removed.delete(device);
        return 'OK';
      }],
      ['SUPERVISION.RemoveDevice', (param) => {
        this.#printer(param('device'));
        this.#removed.add(device);
        return 'OK';
      }],
    ];
  }

  #settingMethods(): readonly (readonly [string, Method])[] {
    return [
      ['SETTING.Begin', (param) => this.#settings.begin(param('device') === this.#options.device)],
      ['SETTING.Import', (param, { params }) => this.#settings.import(param('session'), param('format'), params['data'] ?? '')],
      ['SETTING.Export', (param) => this.#settings.export(param('session'), param('format'))],
      ['SETTING.Get', (param) => this.#settings.get(param('session'), param('data'))],
      ['SETTING.Set', (param) => this.#settings.set(param('session'), param('data'))],
      ['SETTING.End', (param) => this.#settings.end(param('session'))],
    ];
  }

  #otherMethods(): readonly (readonly [string, Method])[] {
    return [
      ['ECHO.Echo', (param) => param('data')],
      ['ESPF.GetParam', (param) => {
        const value = this.#params.get(param('key'));
        if (value === undefined) throw badValue('key');
        return value;
      }],
      ['ESPF.SetParam', (param) => {
        if (!this.#params.has(param('key'))) throw badValue('key');
        this.#params.set(param('key'), param('data'));
        return 'OK';
      }],
      ['ADDON.Launch', () => { throw badValue('command'); }],
    ];
  }
}
