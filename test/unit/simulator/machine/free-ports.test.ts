import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePorts } from '../../../../simulator/machine/free-ports.ts';

it('gives ports that can be listened on, one after the other, below those the system hands out', async () => {
  const first = await freePorts(2);
  expect(first).toBeGreaterThanOrEqual(20_000);
  expect(first + 1).toBeLessThan(32_768);
  for (const port of [first, first + 1]) {
    const server = createServer();
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '0.0.0.0', resolve));
    await new Promise((resolve) => server.close(resolve));
  }
});
