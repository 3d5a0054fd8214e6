import type { EvolisCommand } from '../../codec/evolis-frame.ts';
import type { PrinterCalibration } from '../../contracts/printer-calibration.ts';
import { escapeCommand } from './escape-exchange.ts';

const panels = ['y', 'm', 'c', 'k', 'o'] as const;

/** The settings that make a calibration, each repeatable: contrast by panel (`Pc`), place of the picture (`Px`, `Py`). Pure. */
export function calibrationCommands({ contrast, offsetRightDots, offsetDownDots }: PrinterCalibration): readonly EvolisCommand[] {
  const contrasts = panels.flatMap((panel) => {
    const value = contrast[panel];
    return value === undefined ? [] : [escapeCommand('Pc', panel, '=', String(value))];
  });
  return [...contrasts, ...offsetCommands('Px', offsetRightDots), ...offsetCommands('Py', offsetDownDots)];
}

/** A value below the factory's is reached from it, for `=` takes no sign. */
function offsetCommands(name: 'Px' | 'Py', dots: number): readonly EvolisCommand[] {
  if (dots >= 0) return [escapeCommand(name, '=', String(dots))];
  return [escapeCommand(name, '=', '0'), escapeCommand(name, '-', String(-dots))];
}
