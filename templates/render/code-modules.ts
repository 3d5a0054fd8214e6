import bwipjs from 'bwip-js/node';
import QRCode from 'qrcode';
import type { CodeRules } from '../schema/template-manifest.ts';

/** A bar code as modules, dark ones 1, without its quiet zone. A linear code has one row. */
export interface CodeModules {
  readonly columns: number;
  readonly rows: number;
  readonly dark: Uint8Array;
}

/** Encodes a content as QR (ISO/IEC 18004) or Code 128 (ISO/IEC 15417). Throws when the content cannot be encoded. */
export function encodeCode(rules: CodeRules, content: string): CodeModules {
  switch (rules.kind) {
    case 'qr': {
      const { modules } = QRCode.create(content, { errorCorrectionLevel: rules.errorCorrection });
      return { columns: modules.size, rows: modules.size, dark: Uint8Array.from(modules.data, (module) => (module ? 1 : 0)) };
    }
    case 'code128':
      return linearModules(content);
  }
}

/** Bar and space widths of a linear code, starting with a bar, as one row of modules. */
function linearModules(content: string): CodeModules {
  const [symbol] = bwipjs.raw({ bcid: 'code128', text: content });
  if (symbol === undefined || !('sbs' in symbol)) throw new Error('no bars encoded');
  const widths = Array.from(symbol.sbs, Math.round);
  const dark = Uint8Array.from(widths.flatMap((width, index) => Array.from({ length: width }, () => (index % 2 === 0 ? 1 : 0))));
  return { columns: dark.length, rows: 1, dark };
}
