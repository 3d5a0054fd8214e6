import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readEndpoints, removeEndpoints, writeEndpoints, type MachineEndpoints } from '../../../../simulator/machine/endpoints.ts';

it('endpoints are published, found and taken back', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kv-endpoints-'));
  const endpoints: MachineEndpoints = {
    pid: 1, folder, printerProtocol: 'evolis', printerName: 'Primacy 2 Duplex', printer: { host: '127.0.0.1', port: 9100 }, cardServiceSocket: null,
    readers: { contactless: 'a 00 00', contact: 'b 00 00' }, controlSocket: '/run/c', ca: null,
  };
  expect(await readEndpoints(folder)).toBeNull();
  await writeEndpoints(folder, endpoints);
  expect(await readEndpoints(folder)).toEqual(endpoints);
  await removeEndpoints(folder);
  await removeEndpoints(folder);
  expect(await readEndpoints(folder)).toBeNull();
  await writeFile(join(folder, 'endpoints.json'), '{');
  await expect(readEndpoints(folder)).rejects.toThrow();
  await rm(folder, { recursive: true });
});
