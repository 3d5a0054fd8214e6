/** What a technician measured of one printer, known by its serial number. */
export interface PrinterCalibration {
  readonly serial: string;
  /** Contrast of each panel, 1 to 20; 10 is the factory's. Panels that are not named keep what the printer has. */
  readonly contrast: Readonly<Partial<Record<'y' | 'm' | 'c' | 'k' | 'o', number | undefined>>>;
  /** Where the picture begins, in dots from the factory's place, to the right and down. */
  readonly offsetRightDots: number;
  readonly offsetDownDots: number;
}

/** The calibration of the printer with this serial number, or null: that of another printer is never used. */
export function calibrationOf(calibrations: readonly PrinterCalibration[], serial: string): PrinterCalibration | null {
  return calibrations.find((calibration) => calibration.serial === serial) ?? null;
}
