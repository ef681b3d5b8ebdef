import { type ImageName, parseImage } from './image-uri';

/**
 * Registry accounts of SageMaker's legacy XGBoost (`xgboost:1`, `xgboost:latest`) in all regions. Source:
 * aws/sagemaker-python-sdk at a24812666 (v3.20.0), image_uri_config/xgboost.json.
 */
const LEGACY_XGBOOST_ACCOUNTS: ReadonlySet<string> = new Set([
  '104374241257',
  '106583098589',
  '226302683700',
  '237065988967',
  '249704162688',
  '257386234256',
  '272398656194',
  '286214385809',
  '306986355934',
  '387376663083',
  '390948362332',
  '433757028032',
  '455444449433',
  '469771592824',
  '475088953585',
  '490574956308',
  '501404015308',
  '544295431143',
  '628508329040',
  '632365934929',
  '644912444149',
  '669576153137',
  '680994064768',
  '685385470294',
  '749696950732',
  '765400339828',
  '811284229777',
  '813361260812',
  '825641698319',
  '855470959533',
  '867004704886',
  '951798379941',
  '991648021394',
]);

/** Whether an image is SageMaker's legacy XGBoost. */
export function isLegacyXGBoost({ account, repository }: ImageName): boolean {
  return repository === 'xgboost' && account !== undefined && LEGACY_XGBOOST_ACCOUNTS.has(account);
}

/**
 * Registry accounts of SageMaker's own XGBoost images in all regions. Source: aws/sagemaker-python-sdk at a24812666
 * (v3.20.0), image_uri_config/xgboost.json.
 */
const XGBOOST_ACCOUNTS: ReadonlySet<string> = new Set([
  '104374241257',
  '106583098589',
  '108575199400',
  '121021644041',
  '124985052026',
  '141502667606',
  '190319476487',
  '237065988967',
  '246618743249',
  '257758044811',
  '272398656194',
  '281123927165',
  '341280168497',
  '354813040037',
  '366743142698',
  '414596584902',
  '450853457545',
  '451049120500',
  '492215442770',
  '510948584623',
  '628508329040',
  '651117190479',
  '659782779980',
  '662702820516',
  '680994064768',
  '683313688378',
  '720646828776',
  '737474898029',
  '746614075791',
  '764974769150',
  '783357654285',
  '801668240914',
  '833128469047',
  '867004704886',
  '898809789911',
  '951798379941',
  '978288397137',
]);

/**
 * Whether an image of this repository is SageMaker's own. SageMaker then applies its own metric definitions
 * and refuses others. For a copy in another account, it does neither.
 */
export function isFirstPartyXGBoost(trainingImage: string): boolean {
  return XGBOOST_ACCOUNTS.has(parseImage(trainingImage).account ?? '');
}
