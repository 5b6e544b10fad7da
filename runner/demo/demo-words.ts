/** The words that every invented name of the demo is put together from. */
export const demoWords = {
  adjectives: words(`Tepid Wobbly Reluctant Sleepy Crooked Borrowed Unpaid Velveteen Polite Damp Enormous Hesitant
    Squeaky Upholstered Lukewarm Misplaced Overdue Feathery Suspicious Bewildered Portable Ticklish Pickled Crumpled
    Nervous Rusty Forgetful Glittering Humming Slanted`),
  nouns: words(`Teaspoon Marmot Umbrella Pretzel Lampshade Kettle Walrus Gherkin Barnacle Thimble Turnip Doormat
    Accordion Hedgehog Radiator Pancake Ladder Mitten Tugboat Wardrobe Pigeon Biscuit Dumpling Lighthouse Snorkel
    Waffle Trombone Beetroot Cardigan Weasel Bathtub Parsnip Gargoyle Spatula Otter Postbox`),
  collectives: words("Committee Parliament Bureau Cooperative Department Subcommittee Quintet Assembly Rehearsal"),
  titles: words("Admiral Professor Auntie Baroness Captain Grandmaster Sergeant Doctor Inspector Cousin"),
  firstNames: words(`Odwina Bartolf Quentella Mumfrid Sigrunda Pelliver Zanobia Hortwin Wilhelma Gustavine Ottokarl
    Philomenta Ebbert Trixibald Ludmina Konradine`),
  surnameStarts: words("Kettle Fjord Quark Plum Noodle Moss Bumble Thistle Pudding Wander Gravel Snork Äpfel Mühl"),
  surnameEnds: words("whistle bottom worth wick sprocket hammer boots feather shanks dotter löffel winkel"),
  places: words(`Upper-Marmalade Plumpton-on-Toast Lower-Quibble Schnurrbach Kloßheim Puddlewick Trömmelsdorf
    Nether-Biscuit Wobblestadt Saint-Gherkin`),
  verbs: words("Iron Alphabetise Forgive Borrow Photograph Misplace Untangle Congratulate Apologise-to Rewind Tickle"),
  colours: words("Beige Mauve Ochre Turquoise Mustard Lilac Greenish Off-White Burgundy Custard"),
  times: words("Monday Midnight Teatime Half-Past-Nine Sunrise February Lunchtime Dusk November"),
  feelings: words("Love Regret Patience Mischief Relief Longing Hunger Wonder Stubbornness Homesickness"),
} as const;

/** Hyphens inside an entry stand for blanks, except in compounds that are written with them. */
function words(list: string): readonly string[] {
  return list.split(/\s+/).map((word) => (word === "Off-White" ? word : word.replaceAll("-", " ")));
}
