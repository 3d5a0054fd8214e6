import { describe, expect, it } from 'vitest';
import type { ControlRequest } from '../../../../simulator/script/control-protocol.ts';
import { parseControlRequest } from '../../../../simulator/script/control-request.ts';

const requests: readonly ControlRequest[] = [
  { do: 'status' }, { do: 'look' }, { do: 'list-faults' }, { do: 'kill-card-service' }, { do: 'start-card-service' }, { do: 'mend' }, { do: 'stop' },
  { do: 'load-blanks', count: 100, kind: 'mifare+piv', lot: 'LOT-1' },
  { do: 'take-card', uid: '04A1B2C3D4E5F6' }, { do: 'put-card', uid: '04A1B2C3D4E5F6', where: 'contact' }, { do: 'swap-cards', first: '01', second: '02' },
  { do: 'arm-fault', fault: 'jam-at-print@1' }, { do: 'disarm-fault', fault: 'jam-at-print' },
  { do: 'set-time-factor', factor: 0.5 }, { do: 'dump-chips', uid: '04A1B2C3D4E5F6' },
];

describe('requests of the control protocol', () => {
  it.each(requests.map((request) => [request.do, request] as const))('%s is read as written, and nothing beside it', (_, request) => {
    expect(parseControlRequest(JSON.stringify({ ...request, besides: true }))).toEqual(request);
  });

  it.each([
    ['', 'line'], ['{', 'line'], ['[]', 'line'], ['"status"', 'line'], ['null', 'line'],
    ['{}', 'do'], ['{"do":"dance"}', 'do'], ['{"do":["status"]}', 'do'],
    ['{"do":"load-blanks","count":0,"kind":"piv","lot":"a"}', 'count'],
    ['{"do":"load-blanks","count":1.5,"kind":"piv","lot":"a"}', 'count'],
    ['{"do":"load-blanks","count":10001,"kind":"piv","lot":"a"}', 'count'],
    ['{"do":"load-blanks","count":null,"kind":"piv","lot":"a"}', 'count'],
    ['{"do":"load-blanks","count":1,"kind":"desfire","lot":"a"}', 'kind'],
    ['{"do":"load-blanks","count":1,"kind":"piv","lot":""}', 'lot'],
    [`{"do":"take-card","uid":"${'0'.repeat(201)}"}`, 'uid'],
    ['{"do":"put-card","uid":"01","where":"pocket"}', 'where'],
    ['{"do":"set-time-factor","factor":-1}', 'factor'],
    ['{"do":"set-time-factor","factor":"fast"}', 'factor'],
  ])('refuses %s for its %s', (line, field) => {
    expect(() => parseControlRequest(line)).toThrow(expect.objectContaining({ code: 'SIM-INVALID', detail: expect.objectContaining({ field }) }));
  });
});
