import { openCmpAuthority } from '../../drivers/ca/cmp-client.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { Secret } from '../../drivers/contracts/secret.ts';
import { openCmpServer } from '../../simulator/ca/cmp-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openTestAuthority } from '../support/test-authority.ts';
import { describeCertificateAuthority } from './certificate-authority-contract.ts';

describeCertificateAuthority('EST over the simulated server', async () => {
  const { server, client, ...both } = await openTestAuthority();
  return {
    authority: client,
    refuse: () => { server.setFault({ name: 'refuse', reason: 'the holder is not entitled' }); },
    keepWaiting: () => { server.setFault({ name: 'slow', delayMs: 60_000 }); },
    disappear: async () => { await server[Symbol.asyncDispose](); },
    [Symbol.asyncDispose]: async () => { await both[Symbol.asyncDispose](); },
  };
});

describeCertificateAuthority('CMP over the simulated server', async () => {
  const folder = await temporaryFolder('cmp-contract');
  const server = await openCmpServer({ dir: folder.path, port: 0, clock: systemClock, protection: { kind: 'secret', reference: 'station-1', secret: 'a shared secret' } });
  const credential = { kind: 'secret', reference: 'station-1', secret: Secret.take(Buffer.from('a shared secret')) } as const;
  const authority = openCmpAuthority({ url: server.url, trustedRootsPem: null, credential, chainPem: server.chainPem, responderPem: null, clock: systemClock });
  return {
    authority,
    chainIsConfigured: true,
    refuse: () => { server.setFault({ name: 'refuse', reason: 'the holder is not entitled' }); },
    keepWaiting: () => { server.setFault({ name: 'slow', delayMs: 60_000 }); },
    disappear: async () => { await server[Symbol.asyncDispose](); },
    [Symbol.asyncDispose]: async () => {
      await authority[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
});
