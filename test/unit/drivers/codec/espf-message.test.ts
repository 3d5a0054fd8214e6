import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonObjectCollector, readBinary, readEspfAnswer, readRequest, readSettings, writeBinary, writeEspfAnswer, writeRequest, writeSettings } from '../../../../drivers/codec/espf-message.ts';

/** As the vendor's public examples write a call and its answers (esselt/evolis-premium_sdk, specifications). */
const call = '{"jsonrpc":"2.0","id":"1","method":"CMD.SendCommand","params":{"device":"Evolis Primacy","command":"Rfv","timeout":"5000"}}';

describe('a call', () => {
  test('is written as the public clients write it', () => {
    expect(Buffer.from(writeRequest({ id: '1', method: 'CMD.SendCommand', params: { device: 'Evolis Primacy', command: 'Rfv', timeout: '5000' } })).toString()).toBe(call);
    expect(readRequest(call)).toEqual({ id: '1', method: 'CMD.SendCommand', params: { device: 'Evolis Primacy', command: 'Rfv', timeout: '5000' } });
  });

  test.each(['[]', '{}', '{"jsonrpc":"1.0","id":"1","method":"A.B"}', '{"jsonrpc":"2.0","id":"1","method":"A.B","params":{"a":1}}', '{"jsonrpc":"2.0","id":null,"method":"A.B"}', '{"jsonrpc":"2.0","id":"1","method":"A.B","params":[]}', 'x'])('is not %s', (text) => {
    expect(readRequest(text)).toBeNull();
  });
});

describe('an answer', () => {
  test('is a result or an error, never both', () => {
    expect(readEspfAnswer('{"id":"1","jsonrpc":"2.0","result":"OK"}')).toEqual({ id: '1', result: 'OK' });
    expect(readEspfAnswer('{"id":"1","jsonrpc":"2.0","error":{"code":1,"message":"Communication session already reserved"}}')).toMatchObject({ error: { code: 1 } });
    expect(readEspfAnswer('{"id":"1","result":"OK","error":{"code":1,"message":"x"}}')).toBeNull();
    expect(readEspfAnswer('{"id":"1"}')).toBeNull();
    expect(readEspfAnswer(Buffer.from(writeEspfAnswer({ id: '7', result: 'a"b' })).toString())).toEqual({ id: '7', result: 'a"b' });
  });
});

describe('the end of an object', () => {
  test('is found however it is cut, whatever stands in its texts', () => {
    const text = '{"a":"}\\"{","b":{"c":"\\\\"}}';
    for (let cut = 0; cut <= text.length; cut += 1) {
      const collector = new JsonObjectCollector();
      const first = collector.push(Buffer.from(text.slice(0, cut)));
      const progress = first.kind === 'incomplete' ? collector.push(Buffer.from(`${text.slice(cut)}rest`)) : first;
      expect(progress).toEqual({ kind: 'object', text });
    }
  });

  test('is not looked for in what begins otherwise or has no end', () => {
    expect(new JsonObjectCollector().push(Buffer.from(' \r\n[1]')).kind).toBe('no-object');
    const collector = new JsonObjectCollector();
    const kinds = Array.from({ length: 18 }, () => collector.push(Buffer.from(`{"a":"${'x'.repeat(1024 * 1024)}`)).kind);
    expect(kinds.at(-1)).toBe('too-long');
  });

  test('is never beyond what came', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 10 }), (chunks) => {
      const collector = new JsonObjectCollector();
      for (const chunk of chunks) {
        const progress = collector.push(chunk);
        if (progress.kind !== 'incomplete') return;
      }
    }), { numRuns: 2000 });
    fc.assert(fc.property(fc.json(), (json) => {
      const progress = new JsonObjectCollector().push(Buffer.from(json));
      if (progress.kind === 'object') expect(JSON.parse(progress.text)).toEqual(JSON.parse(json));
    }), { numRuns: 2000 });
  });
});

describe('parameters', () => {
  test('hold keys and values', () => {
    expect(readSettings('GRibbonType=RC_YMCKO;Track1Data=A=B;')).toEqual(new Map([['GRibbonType', 'RC_YMCKO'], ['Track1Data', 'A=B']]));
    expect(writeSettings({ A: '1', B: '2' })).toBe('A=1;B=2');
    expect(readSettings('nothing')).toBeNull();
  });

  test('hold binary data as base64 or as text', () => {
    expect(writeBinary(Uint8Array.from([0, 255]))).toBe('base64:AP8=');
    expect(readBinary('base64:AP8=')).toEqual(Buffer.from([0, 255]));
    expect(readBinary('Rfv')).toEqual(Buffer.from('Rfv'));
    expect(readBinary('base64:?')).toBeNull();
  });
});
