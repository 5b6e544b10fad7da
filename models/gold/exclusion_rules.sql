/*---
description: >-
  One row a rule of seed exclusions in the warehouse's own keys. A track stands for its song, with
  all versions and also where a source names no id; it is known by id from an extended history or
  the catalogue, or by title and artist.
materialized: ephemeral
columns:
  - name: kind
    description: artist, track or period.
  - name: artist_key
    description: Artist, podcast, audiobook or author left out, without case, accents, punctuation.
  - name: song_id
    description: Song left out.
  - name: from_date
    description: First local day on which the rule holds.
  - name: to_date
    description: Last local day on which the rule holds.
---*/

with

exclusions as (

    select
        *,
        if(kind = 'artist', {{> normalised name='value'}}, null) as excluded_artist_key,
        if(kind = 'track' and artist_name is null, regexp_extract(value, '[0-9A-Za-z]{22}'), null)
            as track_id,
        if(kind = 'track', {{> song_title title='value'}}, null) as song_title,
        if(kind = 'track', {{> normalised name='artist_name'}}, null) as song_artist_key

    from {{ref 'exclusions'}}

),

tracks as (

    select track_id, song_id from {{ref 'tracks'}}

),

catalogue_tracks as (

    select track_id, song_id from {{ref 'catalogue_tracks'}}

),

rules_keyed as (

    select
        exclusions.kind,
        exclusions.excluded_artist_key as artist_key,
        coalesce(
            tracks.song_id,
            catalogue_tracks.song_id,
            {{> song_id title='exclusions.song_title' artist_key='exclusions.song_artist_key'}}
        ) as song_id,
        coalesce(exclusions.from_date, date '0001-01-01') as from_date,
        coalesce(exclusions.to_date, date '9999-12-31') as to_date

    from exclusions

    left join tracks
        on exclusions.track_id = tracks.track_id

    left join catalogue_tracks
        on exclusions.track_id = catalogue_tracks.track_id

)

select * from rules_keyed
