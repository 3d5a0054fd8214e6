type ByPanel = Readonly<Partial<Record<'y' | 'm' | 'c' | 'k' | 'o', number | undefined>>>;

/** How a printer's dyes are found for a colour: through its RGB ICC profile, or a table of measured patches; paths of the files. */
export interface ColourCalibration {
  readonly kind: 'icc' | 'table';
  readonly file: string;
}

/** What a technician measured of one printer, known by its serial number. */
export interface PrinterCalibration {
  readonly serial: string;
  /** Contrast and brightness of each panel, 1 to 20; 10 is the factory's. Panels that are not named keep what the printer has. */
  readonly contrast: ByPanel;
  readonly brightness: ByPanel;
  /** Where the picture begins, in the printer's dots from the factory's place, to the right and down. */
  readonly offsetRightDots: number;
  readonly offsetDownDots: number;
  readonly colour?: ColourCalibration | undefined;
  /** How much of the design's sharpening its dyes need, in percent; 100 when absent. */
  readonly sharpeningPercent?: number | undefined;
}

/** The calibration of the printer with this serial number, or null: that of another printer is never used. */
export function calibrationOf<Calibration extends { readonly serial: string }>(calibrations: readonly Calibration[], serial: string): Calibration | null {
  return calibrations.find((calibration) => calibration.serial === serial) ?? null;
}
