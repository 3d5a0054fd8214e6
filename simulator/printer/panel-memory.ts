import { isEvolisPanel, type EvolisPanel } from '../../drivers/codec/evolis-geometry.ts';
import type { Ink } from '../../drivers/contracts/card-image.ts';
import type { CardRaster } from '../../drivers/contracts/card-raster.ts';
import type { Side } from '../machine/card-path-marks.ts';

/** One printing of a sequence. */
export interface PrintedPanel {
  readonly side: Side;
  readonly ink: Ink;
  readonly dots: Uint8Array;
}

export function inkOf(panel: EvolisPanel): Ink {
  return panel === 'o' ? 'overlay' : panel;
}

/**
 * What the firmware remembers of panels: the last download of each, and the last sequence. The guide names the commands
 * on it (`Wcb`, `Ssd`, `Sp`, `Sc`) in a line each: that a number other than 0 fills is our reading.
 */
export class PanelMemory {
  readonly #fieldDots: number;
  #panels = new Map<EvolisPanel, Uint8Array>();
  #sequence: PrintedPanel[] = [];
  #last: readonly PrintedPanel[] = [];

  constructor({ widthDots, heightDots }: CardRaster) {
    this.#fieldDots = widthDots * heightDots;
  }

  restart(): void {
    this.#panels = new Map();
    this.#sequence = [];
    this.#last = [];
  }

  keep(panel: EvolisPanel, dots: Uint8Array): void {
    this.#panels.set(panel, dots);
  }

  /** `Wcb;k/o/a[;n]`: clears the black panel, the overlay, or both, or fills them. False for other parameters. */
  clear(params: readonly string[]): boolean {
    const [which = '', fill = '0'] = params;
    if (params.length > 2 || !/^[koa]$/.test(which) || !/^\d$/.test(fill)) return false;
    const panels: readonly EvolisPanel[] = which === 'a' ? ['k', 'o'] : which === 'k' ? ['k'] : ['o'];
    for (const panel of panels) this.#panels.set(panel, new Uint8Array(this.#fieldDots).fill(fill === '0' ? 0 : 1));
    return true;
  }

  /** A panel as it stands; blank when nothing was loaded; null for an unknown letter. */
  panel(letter: string): { readonly ink: Ink; readonly dots: Uint8Array } | null {
    if (!isEvolisPanel(letter)) return null;
    return { ink: inkOf(letter), dots: this.#panels.get(letter) ?? new Uint8Array(this.#fieldDots) };
  }

  sequenceBegins(): void {
    this.#last = this.#sequence.length > 0 ? this.#sequence : this.#last;
    this.#sequence = [];
  }

  printed(panel: PrintedPanel): void {
    this.#sequence.push(panel);
  }

  /** Everything that the last sequence printed, in order. */
  get lastSequence(): readonly PrintedPanel[] {
    return this.#sequence.length > 0 ? this.#sequence : this.#last;
  }
}
