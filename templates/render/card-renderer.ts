import type { Wait } from '../../drivers/contracts/clock.ts';
import type { Finding } from '../../drivers/contracts/finding.ts';
import type { CardFace, RenderedCard } from './card-face.ts';

/** Draws cards of the station's approved templates. */
export interface CardRenderer {
  /**
   * Whether a face can be drawn, without drawing it: template and fields known, required texts there, every
   * character in the font, every text fits at its smallest size. Empty when all is well.
   */
  check(face: CardFace): readonly Finding[];
  /**
   * Decodes photo and logo and says what stands against printing them (`PHO-FORMAT`, `PHO-UNREADABLE`,
   * `PHO-TOO-SMALL`, `LOG-UNREADABLE`, `LOG-TOO-SMALL`). Empty when all is well.
   */
  checkPictures(face: CardFace): Promise<readonly Finding[]>;
  /**
   * Draws both sides, separates the panels and reads every code back from the K panel. Throws the first finding of
   * `check` and `checkPictures` as a fault, and `TPL-CODE-UNREADABLE`.
   */
  render(face: CardFace, limit: Wait): Promise<RenderedCard>;
}
