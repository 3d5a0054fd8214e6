import { StationFault } from '../../drivers/contracts/fault.ts';
import { designGrid, onGrid, type CardGrid } from '../compile/card-grid.ts';
import type { Box, CodeField } from '../compile/compiled-template.ts';
import { encodeCode, type CodeModules } from './code-modules.ts';

/**
 * Draws a bar code into a K panel as whole-dot rectangles, centred in its box with the quiet zone inside it. Returns false
 * when the content cannot be encoded or the symbol with its quiet zone does not fit.
 */
export function drawCode(k: Uint8Array, field: CodeField, content: string, grid: CardGrid = designGrid): boolean {
  const modules = tryEncode(field, content);
  if (modules === undefined || !codeFits(field, modules)) return false;
  const box = onGrid(field.box, grid);
  const [dotsAcross, dotsDown] = [field.rules.modulePx * grid.across, field.rules.modulePx * grid.down];
  const barHeight = modules.rows === 1 ? box.height : dotsDown;
  const left = box.x + Math.floor((box.width - modules.columns * dotsAcross) / 2);
  const top = box.y + Math.floor((box.height - modules.rows * barHeight) / 2);
  requireBlank(k, box, grid, field.name);
  for (let row = 0; row < modules.rows * barHeight; row += 1) {
    for (let column = 0; column < modules.columns * dotsAcross; column += 1) {
      const module = Math.floor(row / barHeight) * modules.columns + Math.floor(column / dotsAcross);
      if (modules.dark[module] === 1) k[(top + row) * grid.widthDots + left + column] = 1;
    }
  }
  return true;
}

/** Whether a content can be encoded and drawn in its box at the template's module size, with the quiet zone. */
export function codeCanBeDrawn(field: CodeField, content: string): boolean {
  const modules = tryEncode(field, content);
  return modules !== undefined && codeFits(field, modules);
}

function codeFits({ box, rules }: CodeField, modules: CodeModules): boolean {
  const quiet = 2 * rules.quietModules;
  const wide = (modules.columns + quiet) * rules.modulePx <= box.width;
  return wide && (modules.rows === 1 || (modules.rows + quiet) * rules.modulePx <= box.height);
}

function tryEncode(field: CodeField, content: string): CodeModules | undefined {
  if (content === '' || !/^[\x20-\x7e]+$/.test(content)) return undefined;
  try {
    return encodeCode(field.rules, content);
  } catch {
    // Both libraries throw for too long a content; the caller reports the field.
    return undefined;
  }
}

function requireBlank(k: Uint8Array, { x, y, width, height }: Box, { widthDots }: CardGrid, name: string): void {
  for (let row = y; row < y + height; row += 1) {
    if (k.subarray(row * widthDots + x, row * widthDots + x + width).includes(1)) {
      throw new StationFault('TPL-INVALID', { field: `code ${name}: something is drawn in its box` });
    }
  }
}
