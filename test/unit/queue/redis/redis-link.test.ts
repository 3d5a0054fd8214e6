import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { Secret } from '../../../../drivers/contracts/secret.ts';
import { openRedisLink, type RedisLink } from '../../../../queue/redis/redis-link.ts';
import { freePort } from '../../../support/free-port.ts';
import { expectRejectedFault } from '../../../support/queue/expect-fault.ts';
import { patience } from '../../../support/queue/test-redis.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

const word = 'correct-horse';
let folder: TemporaryFolder;
let server: ChildProcess;
let port: number;

async function link(password: string, errors: Error[] = [], timeoutMs = 10_000): Promise<RedisLink> {
  return openRedisLink(
    { endpoint: { kind: 'server', host: '127.0.0.1', port, password: Secret.take(Buffer.from(password)) }, clock: systemClock, name: 'test-link', onError: (error) => errors.push(error) },
    patience(timeoutMs),
  );
}

beforeAll(async () => {
  folder = await temporaryFolder('redis');
  port = await freePort();
  server = spawn('redis-server', ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder.path, '--save', '', '--requirepass', word], { stdio: 'ignore' });
});

afterAll(async () => {
  server.kill('SIGKILL');
  await once(server, 'exit');
  await folder[Symbol.asyncDispose]();
});

describe('A link to a Redis server', () => {
  it('waits for the server, signs in, and is named in its client list', async () => {
    await using opened = await link(word);
    expect(await opened.client.client('LIST')).toContain('name=test-link');
  });

  it('does not open with a wrong password, and shows no password in what it says', async () => {
    const errors: Error[] = [];
    const fault = await expectRejectedFault('QUE-UNAVAILABLE', link('wrong-horse', errors, 1_000));
    expect([fault.message, ...errors.map((error) => error.message)].join(' ')).not.toContain('horse');
    expect(fault.message).toContain(`redis://127.0.0.1:${port}`);
  });

  it('turns an answer of the server that says no into QUE-UNAVAILABLE', async () => {
    await using opened = await link(word);
    await opened.run(patience(), (client) => client.set('text', 'no list'));
    const fault = await expectRejectedFault('QUE-UNAVAILABLE', opened.run(patience(), (client) => client.lpush('text', 'x')));
    expect(fault.message).toContain('WRONGTYPE');
  });

  it('keeps a command through an outage and runs it when the server is back', async () => {
    const errors: Error[] = [];
    await using opened = await link(word, errors);
    process.kill(server.pid ?? 0, 'SIGSTOP');
    const answer = opened.run(patience(), (client) => client.incr('count'));
    await systemClock.sleep(200, new AbortController().signal);
    process.kill(server.pid ?? 0, 'SIGCONT');
    expect(await answer).toBe(1);
  });

  it('gives up at the deadline on a server that accepts and never answers', async () => {
    const silent: Server = createServer(() => undefined);
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port: silentPort } = silent.address() as AddressInfo;
    const opening = openRedisLink({ endpoint: { kind: 'server', host: '127.0.0.1', port: silentPort }, clock: systemClock, name: 'test', onError: () => undefined }, patience(300));
    await expectRejectedFault('QUE-UNAVAILABLE', opening);
    silent.close();
  });
});
