import { AsnArray, AsnChoiceType, AsnConvert, AsnProp, AsnPropTypes, AsnSequenceType } from '@peculiar/asn1-schema';
import { Attribute } from '@peculiar/asn1-x509';
import { StationFault } from '../contracts/fault.ts';

/** `AttrOrOID ::= CHOICE { oid OBJECT IDENTIFIER, attribute Attribute }` (RFC 7030 section 4.5.2). */
class AttributeOrOid {
  oid?: string;
  attribute?: Attribute;
}
AsnProp({ type: AsnPropTypes.ObjectIdentifier })(AttributeOrOid.prototype, 'oid');
AsnProp({ type: Attribute })(AttributeOrOid.prototype, 'attribute');
AsnChoiceType()(AttributeOrOid);

/** `CsrAttrs ::= SEQUENCE SIZE (0..MAX) OF AttrOrOID`. */
class CsrAttributes extends AsnArray<AttributeOrOid> {}
AsnSequenceType({ itemType: AttributeOrOid })(CsrAttributes);

/**
 * Reads the body of a `csrattrs` answer: base64 of CsrAttrs. Gives the object identifiers that stand alone and the
 * types of the attributes, in order; none for an empty body. Throws `CA-PROTOCOL` when it cannot be read.
 */
export function parseCsrAttributes(body: string): readonly string[] {
  const bytes = Buffer.from(body.replace(/\s+/g, ''), 'base64');
  if (bytes.length === 0) return [];
  try {
    return [...AsnConvert.parse(bytes, CsrAttributes)].map((item) => item.oid ?? item.attribute?.type ?? '');
  } catch (error) {
    throw new StationFault('CA-PROTOCOL', { field: 'est', note: 'the CSR attributes cannot be read' }, error);
  }
}
