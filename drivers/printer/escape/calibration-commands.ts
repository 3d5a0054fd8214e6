import type { EvolisCommand } from '../../codec/evolis-frame.ts';
import type { PrinterCalibration } from '../../contracts/printer-calibration.ts';
import { escapeCommand } from './escape-exchange.ts';

const panels = ['y', 'm', 'c', 'k', 'o'] as const;

/** The settings that make a calibration, each repeatable: contrast and brightness by panel (`Pc`, `Pl`), place of the picture (`Px`, `Py`). Pure. */
export function calibrationCommands({ contrast, brightness, offsetRightDots, offsetDownDots }: PrinterCalibration): readonly EvolisCommand[] {
  const strengths = (name: 'Pc' | 'Pl', values: PrinterCalibration['contrast']): readonly EvolisCommand[] => panels.flatMap((panel) => {
    const value = values[panel];
    return value === undefined ? [] : [escapeCommand(name, panel, '=', String(value))];
  });
  return [...strengths('Pc', contrast), ...strengths('Pl', brightness), ...offsetCommands('Px', offsetRightDots), ...offsetCommands('Py', offsetDownDots)];
}

/** A value below the factory's is reached from it, for `=` takes no sign. */
function offsetCommands(name: 'Px' | 'Py', dots: number): readonly EvolisCommand[] {
  if (dots >= 0) return [escapeCommand(name, '=', String(dots))];
  return [escapeCommand(name, '=', '0'), escapeCommand(name, '-', String(-dots))];
}
