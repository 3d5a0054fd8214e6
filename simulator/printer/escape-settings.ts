import { parseFraming } from '../../drivers/codec/evolis-frame.ts';
import { factoryTuning, type PrintTuning, type TunedPanel } from './print-tuning.ts';

/** Modes of the firmware. They are gone after a restart. */
export interface PrinterModes {
  /** `Psoe;D`: a printed card is not ejected at the end of the sequence. */
  readonly keepInside: boolean;
  /** The ribbon named by `Pr`, or null. */
  readonly ribbon: string | null;
  readonly contactOffset: number;
  readonly contactlessOffset: number;
  readonly errorHandling: string;
  readonly tuning: PrintTuning;
  /** The error handling that a restart brings back (`Pem;n;s`). */
  readonly storedErrorHandling: string;
}

export const modesAtPowerOn: PrinterModes = { keepInside: false, ribbon: null, contactOffset: 1158, contactlessOffset: 0, errorHandling: '0', tuning: factoryTuning, storedErrorHandling: '0' };

export interface SettingResult {
  readonly modes: PrinterModes;
  readonly answer: 'OK' | 'ERROR PARAMETRES';
}

const ribbonNames: ReadonlySet<string> = new Set(['ymcko', 'ymckos', 'ymckok', 'k', 'kb', 'kw', 'kr', 'kbl', 'kgr', 'kgo', 'ksi', 'ksc', 'ko', 'h', 'ho']);

type Setting = (modes: PrinterModes, params: readonly string[]) => PrinterModes | null;

/** A setting that is checked and has no effect on the mechanics modelled here. */
const accepted = (pattern: RegExp): Setting => (modes, params) => (pattern.test(params.join(';')) ? modes : null);

function offset(now: number, params: readonly string[]): number | null {
  const [sign, value] = params;
  if (params.length !== 2 || value === undefined || !/^\d{1,4}$/.test(value)) return null;
  if (sign === '=') return Number(value);
  if (sign === '+') return now + Number(value);
  return sign === '-' ? now - Number(value) : null;
}

/** The setting commands and what they take (printers.md 2.4 and the real job of 2.6). */
const settings: Readonly<Record<string, Setting>> = {
  Pr: (modes, params) => (params.length === 1 && params[0] !== undefined && ribbonNames.has(params[0].toLowerCase()) ? { ...modes, ribbon: params[0].toLowerCase() } : null),
  Psoe: (modes, params) => (/^[DdEe]$/.test(params.join(';')) ? { ...modes, keepInside: /^[Dd]$/.test(params.join(';')) } : null),
  Pneab: (modes, params) => (/^(E|A;[01])$/.test(params.join(';')) ? { ...modes, keepInside: params.join(';') === 'E' } : null),
  Pos: (modes, params) => withOffset(modes, 'contactOffset', params),
  Poc: (modes, params) => withOffset(modes, 'contactlessOffset', params),
  Pem: (modes, params) => (/^\d{1,2}(;s)?$/.test(params.join(';')) ? { ...modes, errorHandling: params[0] ?? '0', ...(params[1] === 's' ? { storedErrorHandling: params[0] ?? '0' } : {}) } : null),
  Rmp: (_modes, params) => (params.length === 0 ? modesAtPowerOn : null),
  Psc: (modes, params) => (parseFraming(params) === null ? null : modes),
  Pcim: accepted(/^([FMB]|I)(;[Ss])?$/),
  Pcem: accepted(/^[IMDES](;[Ss])?$/),
  Pcrm: accepted(/^[DFRES](;[Ss])?$/),
  Pmi: accepted(/^[FMB](;s)?$/),
  Piem: accepted(/^[0-3];[0-3]$/),
  Pc: (modes, params) => withStrength(modes, 'contrast', params),
  Pl: (modes, params) => withStrength(modes, 'brightness', params),
  Ps: accepted(/^[ymcko];[=+-];\d{1,3}$/),
  Px: (modes, params) => withShift(modes, 'rightDots', params),
  Py: (modes, params) => withShift(modes, 'downDots', params),
  Pro: accepted(/^[=+-];\d{1,4}$/),
  Pmk: accepted(/^[sf]$/),
  Psm: accepted(/^[01](;[ul])?$/),
  Pdt: accepted(/^DU$/),
  Mr: accepted(/^s$/),
  Ppws: accepted(/^\d{1,12}$/),
  Pps: accepted(/^[01]$/),
  Ppsc: accepted(/^\d{1,3};S;D$/),
  Psmgr: accepted(/^\d$/),
  Pcom: accepted(/^\d;(2400|4800|9600|19200|38400|57600|115200);[NOE];[78];[12](;(0|XON-XOFF|RTS-CTS|BOTH))?(;(ACK-NACK|0))?$/),
  Pmc: accepted(/^[hl]$/),
  Pmt: accepted(/^[123];[1-6]$/),
  Pmd: accepted(/^(75|210)$/),
  Sdm: accepted(/^\d{1,6}$/),
};

function withOffset(modes: PrinterModes, name: 'contactOffset' | 'contactlessOffset', params: readonly string[]): PrinterModes | null {
  const value = offset(modes[name], params);
  return value === null ? null : { ...modes, [name]: value };
}

const isTunedPanel = (text: string): text is TunedPanel => /^[ymcko]$/.test(text);

function withStrength(modes: PrinterModes, name: 'contrast' | 'brightness', [panel = '', ...params]: readonly string[]): PrinterModes | null {
  if (!isTunedPanel(panel) || (params[1]?.length ?? 0) > 3) return null;
  const value = offset(modes.tuning[name][panel], params);
  return value === null ? null : { ...modes, tuning: { ...modes.tuning, [name]: { ...modes.tuning[name], [panel]: value } } };
}

function withShift(modes: PrinterModes, name: 'rightDots' | 'downDots', params: readonly string[]): PrinterModes | null {
  const value = offset(modes.tuning[name], params);
  return value === null ? null : { ...modes, tuning: { ...modes.tuning, [name]: value } };
}

/** Applies a setting command; null when the command is none. Pure. */
export function applySetting(modes: PrinterModes, name: string, params: readonly string[]): SettingResult | null {
  const setting = Object.hasOwn(settings, name) ? settings[name] : undefined;
  if (setting === undefined) return null;
  const after = setting(modes, params);
  return after === null ? { modes, answer: 'ERROR PARAMETRES' } : { modes: after, answer: 'OK' };
}
