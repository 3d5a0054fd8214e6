import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBmp, writeBmp } from '../../drivers/codec/bmp.ts';
import { JsonObjectCollector, readBinary, readEspfAnswer, readRequest, readSettings, writeEspfAnswer, writeRequest } from '../../drivers/codec/espf-message.ts';
import { readAcknowledged } from '../../drivers/codec/evolis-acknowledge.ts';
import { readAnswer } from '../../drivers/codec/evolis-answer.ts';
import { EvolisCommandParser } from '../../drivers/codec/evolis-command-parser.ts';
import { writeCommand } from '../../drivers/codec/evolis-frame.ts';
import { rasterSize } from '../../drivers/codec/evolis-geometry.ts';
import { decodePanel, encodePanel } from '../../drivers/codec/evolis-panel.ts';
import { MagicardStreamParser } from '../../drivers/codec/magicard-stream-parser.ts';
import { unpackPlane } from '../../drivers/codec/magicard-raster.ts';
import { readStatus } from '../../drivers/codec/magicard-status.ts';
import { cardRasters, type CardRaster } from '../../drivers/contracts/card-raster.ts';
import { jobBytes, magicardJobBytes } from '../support/printer-vectors.ts';

/** A reader of a device's language: what it is fed with, and how it reads one stream. Gives how much it understood. */
export interface ParserSubject {
  readonly name: string;
  readonly side: 'printer' | 'host';
  /** Whole streams that are damaged anew each time. */
  readonly whole: readonly Uint8Array[];
  /** Pieces of the language that are strung together. */
  readonly words: readonly string[];
  readonly read: (stream: Uint8Array) => number;
}

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const understood = (value: unknown): number => (value === null || value === undefined ? 0 : 1);

/** Commands and what their downloads hold. */
function readCommands(raster: CardRaster): (stream: Uint8Array) => number {
  const size = rasterSize(raster);
  return (stream) => new EvolisCommandParser(size).push(stream).filter((frame) => frame.kind === 'command' && (frame.command.payload === undefined || decodePanel(frame.command, size) !== null)).length;
}

function readSides(stream: Uint8Array): number {
  let planes = 0;
  for (const frame of new MagicardStreamParser().push(stream)) {
    if (frame.kind !== 'side') continue;
    for (const [plane, data] of Object.entries(frame.side.planes)) planes += understood(unpackPlane(plane as 'B' | 'G' | 'R' | 'K', data));
  }
  return planes;
}

/** A call as it comes off the wire, with what its parameters hold. */
function readCall(stream: Uint8Array): number {
  const progress = new JsonObjectCollector().push(stream);
  const request = progress.kind === 'object' ? readRequest(progress.text) : null;
  if (request === null) return 0;
  return 1 + Object.values(request.params).map((text) => understood(readSettings(text)) + understood(readBinary(text))).length;
}

function readServiceAnswer(stream: Uint8Array): number {
  const progress = new JsonObjectCollector().push(stream);
  return progress.kind === 'object' ? understood(readEspfAnswer(progress.text)) : 0;
}

const answersOf = (read: typeof readAnswer) => (stream: Uint8Array): number => (read(stream).kind === 'answer' ? 1 : 0);

/** A colour panel and a K panel of 600 dpi as this driver sends them; no other program's is known. */
function fineJob(): Uint8Array {
  const raster = cardRasters['600'];
  const dots = Uint8Array.from({ length: raster.widthDots * raster.heightDots }, (_, dot) => (dot % raster.widthDots) >> 3);
  return Buffer.concat([writeCommand(encodePanel('y', dots, 128, rasterSize(raster))), writeCommand(encodePanel('k', dots, 128, rasterSize(raster)))]);
}

function dyeJob(): Uint8Array {
  const dots = Uint8Array.from({ length: 1016 * 648 }, (_, dot) => (dot % 1016) >> 2);
  return Buffer.concat(([32, 64, 128, 2] as const).map((levels) => writeCommand(encodePanel('m', dots, levels))));
}

const smallPicture = (): Uint8Array => writeBmp({ widthDots: 60, heightDots: 40, rgb: Uint8Array.from({ length: 7200 }, (_, at) => at % 251) });
const escapeWords = ['\x1b', '\r', ';', '\x00', 'Ss', 'Sr', 'Se;1', 'Db;k;2;', 'Dbc;k;2;40;', 'Dbc;y;128;1016;', 'Dbc;k;2;1000;16;', 'Dbp;k;2;', 'Dbmp;', 'Psc;33;44;10', 'Psc', 'Rlr;p', '\x1bPr;ymcko\r', '\xff', '\x80\x00'];
const jsonWords = ['{', '}', '"', '\\', '[', ':', ',', '{"jsonrpc":"2.0","id":"1","method":"', 'PRINT.SetBitmap', '","params":{"session":"JOB000001","data":"base64:', 'Qk0=', '"}}', '\\u0000', '\xc3\xa5', '"result":"OK"', '"error":{"code":1,"message":"x"}'];
const request = (params: Readonly<Record<string, string>>): Uint8Array => writeRequest({ id: '7', method: 'PRINT.SetBitmap', params });

/** Every reader of printer languages, of both sides. */
export function parserSubjects(): readonly ParserSubject[] {
  return [
    { name: 'escape language, captured jobs', side: 'printer', whole: [jobBytes('evolis-windows-card-text'), jobBytes('evolis-windows-card-black')], words: escapeWords, read: readCommands(cardRasters['300']) },
    { name: 'escape language, dyes at every level', side: 'printer', whole: [dyeJob()], words: escapeWords, read: readCommands(cardRasters['300']) },
    { name: 'escape language, 600 dpi', side: 'printer', whole: [fineJob()], words: escapeWords, read: readCommands(cardRasters['600']) },
    { name: 'Magicard jobs', side: 'printer', whole: [magicardJobBytes()], words: ['\x01', '\x05', '\x1c', '\x03', '\x01,REQ,INF,\x1c\x03', '\x01,NOC1,DPXOFF,PAG1,SZK97536\x1c', 'SZB585216,', 'PCT0,0,1015,641,', '\x1cK:', '\x03\x05'], read: readSides },
    { name: 'calls of the service', side: 'printer', whole: [request({ session: 'JOB000001', face: 'front', panel: 'color', data: `base64:${Buffer.from(smallPicture()).toString('base64')}` }), request({ session: 'JOB000001', data: 'GRibbonType=RC_YMCKO;Resolution=DPI300' })], words: jsonWords, read: readCall },
    { name: 'pictures of the service (BMP)', side: 'printer', whole: [smallPicture(), ...['alpha', 'bilevel', 'palette', 'truecolour'].map((name) => readFileSync(join(process.cwd(), 'test/vectors/bmp', `${name}.bmp`)))], words: ['BM', '\x00\x00\x00\x00', '\x28\x00\x00\x00', '\x01\x00\x18\x00', '\xff\xff\xff\x7f', '\x00\x00\x00\x80'], read: (stream) => understood(readBmp(stream)) },
    { name: 'answers', side: 'host', whole: [bytes('OK\r'), bytes('5,00 Volts\r\n'), bytes('CONTACTLESS CARD\x00')], words: ['OK', 'ERR', '\r', '\n', '\x00', 'Volts', '\x7f', 'A'.repeat(600)], read: answersOf(readAnswer) },
    { name: 'answers in ACK/NACK mode', side: 'host', whole: [bytes('\x06'), bytes('\x15T'), bytes('Primacy 2\r')], words: ['\x06', '\x15', 'T', 'F', '\r', 'OK'], read: answersOf(readAcknowledged) },
    { name: 'status answers of a Magicard', side: 'host', whole: [bytes(`\x01STA$$${Array.from({ length: 36 }, (_, field) => String(field)).join(',')}\x03`)], words: ['\x01STA$$', ',', ':', '\x03', '35', 'Enduro', '-1', '99999999999999999999'], read: (stream) => (readStatus(stream).kind === 'status' ? 1 : 0) },
    { name: 'answers of the service', side: 'host', whole: [writeEspfAnswer({ id: '1', result: 'OK' }), writeEspfAnswer({ id: '1', error: { code: 3, message: 'unknown device' } })], words: jsonWords, read: readServiceAnswer },
  ];
}
