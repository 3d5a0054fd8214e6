import type { ColourCalibration } from '../../drivers/contracts/printer-calibration.ts';
import { straightDyes, type DyeConversion } from './dye-conversion.ts';
import { openIccDyes } from './icc-dyes.ts';
import { openMeasuredDyes } from './measured-dyes.ts';

/** Opens the way from colours to dyes that a printer's calibration names; straight where it names none. Throws `CFG-INVALID`. */
export async function openConversion(colour: ColourCalibration | undefined): Promise<DyeConversion> {
  switch (colour?.kind) {
    case undefined: return straightDyes;
    case 'icc': return openIccDyes(colour.file);
    case 'table': return openMeasuredDyes(colour.file);
  }
}
