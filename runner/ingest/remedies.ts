/** Where a listener gets the files that tonearm lands. */
export const getAnExport =
  "Ask Spotify for your 'Extended streaming history' at https://www.spotify.com/account/privacy/ (it takes up to 30 days),\n" +
  "then give tonearm the zip as it came, or the folder with its Streaming_History_Audio_*.json files.";

/** Where the catalogue of audio features comes from. */
export const getTheCatalogue =
  "The catalogue is the CSV of https://www.kaggle.com/datasets/maharshipandya/-spotify-tracks-dataset (ODbL).";

/** What to do when a copy of an export is damaged. */
export const getAFreshCopy = "Copy or download the file again; what had already landed is kept.";
