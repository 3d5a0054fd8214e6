import { createHash, type Hash } from 'node:crypto';
import type { CardImage, SideImage } from '../../drivers/contracts/card-image.ts';

const inksByName = ['c', 'k', 'm', 'overlay', 'y'] as const;

/** Puts both sides together with their digest: SHA-256 over size, name and dots of every panel, front before back, by name within a side. */
export function cardImage(front: SideImage, back: SideImage): CardImage {
  const hash = createHash('sha256');
  addSide(hash, 'front', front);
  addSide(hash, 'back', back);
  return { front, back, digest: hash.digest('hex') };
}

function addSide(hash: Hash, name: string, side: SideImage): void {
  for (const ink of inksByName) {
    const panel = side[ink];
    if (panel !== undefined) hash.update(`${name} ${ink} ${side.widthDots}x${side.heightDots}\n`).update(panel);
  }
}
