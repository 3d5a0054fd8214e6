import type { Finding } from '../../drivers/contracts/finding.ts';
import type { CompiledTemplate, TextField } from '../compile/compiled-template.ts';
import type { CardFace } from './card-face.ts';
import { codeCanBeDrawn } from './draw-code.ts';
import { fitText, normaliseText, type FittedText } from './fit-text.ts';
import type { Fonts } from './fonts.ts';

/** The text a field shows: the order's, or what the station fills in. Undefined when there is none. */
export function textFor(template: CompiledTemplate, face: CardFace, field: TextField): string | undefined {
  switch (field.rules.source) {
    case 'order':
      return face.texts[field.name];
    case 'template-version':
      return `${template.manifest.id} ${template.manifest.version}`;
  }
}

/** Everything that stands against drawing a face, without drawing it (see `CardRenderer.check`). */
export function checkFace(template: CompiledTemplate, fonts: Fonts, face: CardFace): readonly Finding[] {
  const fields = [...template.front.texts, ...template.back.texts];
  const codes = [...template.front.codes, ...template.back.codes];
  const known = new Set(fields.filter(({ rules }) => rules.source === 'order').map(({ name }) => name));
  const strangers = [...Object.keys(face.texts).filter((name) => !known.has(name)), ...Object.keys(face.codes).filter((name) => !codes.some(({ rules }) => rules.content === name))];
  const findings: Finding[] = strangers.map((name) => ({ code: 'ORD-UNKNOWN-FIELD', field: name, detail: { field: name } }));
  for (const field of fields) findings.push(...checkField(template, fonts, face, field));
  for (const field of codes) {
    const name = field.rules.content;
    const content = face.codes[name] ?? '';
    if (content === '') findings.push({ code: 'ORD-MISSING', field: name, detail: { field: name } });
    else if (!codeCanBeDrawn(field, content)) findings.push({ code: 'ORD-CHARACTERS', field: name, detail: { field: name } });
  }
  return findings.filter((finding, index) => findings.findIndex((one) => one.code === finding.code && one.field === finding.field) === index);
}

function checkField(template: CompiledTemplate, fonts: Fonts, face: CardFace, field: TextField): readonly Finding[] {
  const text = textFor(template, face, field);
  const empty = text === undefined || normaliseText(text, field.rules).length === 0;
  if (empty) return field.rules.required ? [{ code: 'ORD-MISSING', field: field.name, detail: { field: field.name } }] : [];
  const fitted = fitText(fonts, field, text);
  return 'code' in fitted ? [{ code: fitted.code, field: field.name, detail: { field: field.name, note: fitted.note } }] : [];
}

/** The fitted texts of one side of a face that passed `checkFace`. */
export function fitFields(template: CompiledTemplate, fonts: Fonts, face: CardFace, fields: readonly TextField[]): readonly FittedText[] {
  return fields.flatMap((field) => {
    const fitted = fitText(fonts, field, textFor(template, face, field) ?? '');
    return 'code' in fitted || fitted.lines.length === 0 ? [] : [fitted];
  });
}
