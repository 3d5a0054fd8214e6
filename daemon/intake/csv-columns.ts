/** How a cell is read: text as it is, a whole number, true/false, words parted by `|`, or add-ons as `EM_FOB:1|EM_HOLDER:2`. */
export type CsvKind = 'text' | 'number' | 'boolean' | 'words' | 'accessories';

const text = (...paths: readonly string[]): Record<string, CsvKind> => Object.fromEntries(paths.map((path) => [path, 'text']));
const approver = (name: string): Record<string, CsvKind> => text(`approvals.${name}.state`, `approvals.${name}.by`, `approvals.${name}.at`, `approvals.${name}.contentHash`);

/** Every column of a CSV file of orders: the dotted path of the order field. `docs/order-csv.md` is made from this table. */
export const csvColumns: Readonly<Record<string, CsvKind>> = {
  schemaVersion: 'number',
  ...text('messageId', 'orderId', 'shipmentId', 'orderedAt', 'receivedAt', 'withdrawnAt', 'orderer.accountId', 'orderer.role'),
  ...text('company.country', 'company.organisationNumber', 'company.form', 'company.registeredName'),
  'company.registeredAtBolagsverket': 'boolean',
  ...text('company.id06Status', 'company.sectorProfileId'),
  'company.sectorProfileVersion': 'number',
  ...text('company.costCentre', 'holder.firstName', 'holder.lastName'),
  ...text('holder.identity.type', 'holder.identity.value', 'holder.identity.country', 'holder.dateOfBirth', 'holder.nationality', 'holder.email', 'holder.mobile'),
  ...text('holder.identification.method', 'holder.identification.verifiedName', 'holder.identification.verifiedAt'),
  'holder.documents': 'words',
  ...text('card.generation', 'card.type', 'card.technologyProfile', 'card.profileId'),
  'card.profileVersion': 'number',
  'card.validTo': 'text',
  'card.validityMonths': 'number',
  'card.number': 'text',
  'card.extraTechnologies': 'words',
  ...text('photo.file', 'photo.assetId', 'photo.sha256', 'photo.takenAt'),
  'photo.crop.x': 'number',
  'photo.crop.y': 'number',
  'photo.crop.w': 'number',
  'photo.crop.h': 'number',
  ...text('photo.review.decision', 'photo.review.by', 'photo.review.at'),
  'logo.use': 'boolean',
  'logo.colour': 'boolean',
  'logo.colourPriceAccepted': 'boolean',
  ...text('logo.file', 'logo.assetId', 'logo.sha256'),
  'trade.organisationCode': 'text',
  'trade.approvalRequired': 'boolean',
  ...approver('orderer'),
  ...approver('issuer'),
  ...approver('holder'),
  ...approver('trade'),
  ...text('delivery.mode', 'delivery.pickupPoint'),
  ...text(...['recipient', 'companyName', 'line1', 'line2', 'postalCode', 'city', 'countryCode', 'phone'].map((line) => `delivery.address.${line}`)),
  accessories: 'accessories',
  ...text('letter.template', 'letter.language'),
  ...text('reorder.replacesCardNumber', 'reorder.reason', 'reorder.oldCardStatus', 'reorder.oldCardBlockedAt'),
  'reorder.billable': 'boolean',
  'report.fields': 'words',
};
