import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CertificateAuthority } from '../../drivers/contracts/certificate-authority.ts';
import { opensslRequest } from '../support/openssl-request.ts';

/** An authority to be held to the contract, and the world around it. */
export interface AuthoritySubject extends AsyncDisposable {
  readonly authority: CertificateAuthority;
  /** The chain is configured and not asked for: it is there also when nobody is. */
  readonly chainIsConfigured?: boolean;
  /** From now on the authority says no. */
  refuse(): void;
  /** From now on the authority keeps everyone waiting. */
  keepWaiting(): void;
  /** From now on nobody is there. */
  disappear(): Promise<void>;
}

const request = { subject: '/CN=Åsa Öberg/O=Bygg & Betong AB' };
const limit = (timeoutMs = 10_000): { signal: AbortSignal; timeoutMs: number } => ({ signal: new AbortController().signal, timeoutMs });

/** What `drivers/contracts/certificate-authority.ts` promises. */
export function describeCertificateAuthority(name: string, open: () => Promise<AuthoritySubject>): void {
  describe(`${name} as a certificate authority`, () => {
    let subject: AuthoritySubject;
    beforeEach(async () => { subject = await open(); });
    afterEach(async () => { await subject[Symbol.asyncDispose](); });

    it('gives its chain, issuing authority first, root last', async () => {
      const chain = (await subject.authority.chain(limit())).map((der) => new X509Certificate(der));
      expect(chain.length).toBeGreaterThan(0);
      chain.forEach((certificate, index) => {
        const issuer = chain[index + 1] ?? certificate;
        expect(certificate.ca).toBe(true);
        expect(certificate.verify(issuer.publicKey)).toBe(true);
      });
    });

    it('certifies the key of the request under its first authority', async () => {
      const { der, keyPem } = opensslRequest(request);
      const issued = new X509Certificate((await subject.authority.enroll(der, limit())).certificate);
      const [issuing] = await subject.authority.chain(limit());
      expect(issued.checkPrivateKey((await import('node:crypto')).createPrivateKey(keyPem))).toBe(true);
      expect(issued.verify(new X509Certificate(issuing ?? new Uint8Array()).publicKey)).toBe(true);
      expect(issued.ca).toBe(false);
      expect(issued.subject).toContain('CN=Åsa Öberg');
    });

    it('gives every certificate a serial number of its own', async () => {
      const { der } = opensslRequest(request);
      const serials = [await subject.authority.enroll(der, limit()), await subject.authority.enroll(der, limit())]
        .map(({ certificate }) => new X509Certificate(certificate).serialNumber);
      expect(serials[0]).not.toBe(serials[1]);
    });

    it('says CA-REFUSED for a request whose signature is wrong', async () => {
      const { der } = opensslRequest(request);
      der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
      await expect(subject.authority.enroll(der, limit())).rejects.toMatchObject({ code: 'CA-REFUSED' });
    });

    it('says CA-REFUSED when the authority says no', async () => {
      subject.refuse();
      await expect(subject.authority.enroll(opensslRequest(request).der, limit())).rejects.toMatchObject({ code: 'CA-REFUSED' });
    });

    it('says ENC-CA-UNAVAILABLE when it is kept waiting past the limit', async () => {
      subject.keepWaiting();
      await expect(subject.authority.enroll(opensslRequest(request).der, limit(400))).rejects.toMatchObject({ code: 'ENC-CA-UNAVAILABLE' });
    });

    it('says ENC-CA-UNAVAILABLE when nobody is there', async () => {
      await subject.disappear();
      if (subject.chainIsConfigured === true) expect((await subject.authority.chain(limit())).length).toBeGreaterThan(0);
      else await expect(subject.authority.chain(limit())).rejects.toMatchObject({ code: 'ENC-CA-UNAVAILABLE' });
      await expect(subject.authority.enroll(opensslRequest(request).der, limit())).rejects.toMatchObject({ code: 'ENC-CA-UNAVAILABLE' });
    });

    it('says STA-ABORTED when the caller ends it', async () => {
      subject.keepWaiting();
      const ending = new AbortController();
      const enrolment = subject.authority.enroll(opensslRequest(request).der, { signal: ending.signal, timeoutMs: 10_000 });
      ending.abort();
      await expect(enrolment).rejects.toMatchObject({ code: 'STA-ABORTED' });
    });
  });
}
