/*---
description: One row a song ever played, single, album and remastered versions together.
columns:
  - name: song_id
    description: Key of the song, from its title without version marks and its artist.
    data_tests: [unique, not_null]
  - name: track_id
    description: >-
      Its most played track id; null where only account data tells of it or it was only played from
      files of one's own.
    data_tests:
      - relationships: { to: tracks, field: track_id }
  - name: song_name
    description: Title of its most played version.
  - name: artist_name
    description: Artist of that version.
  - name: artist_key
    description: That artist without case, accents and punctuation, by which spellings meet.
  - name: album_name
    description: Album of that version.
  - name: track_count
    description: Track ids of the song that were played.
    data_tests: [not_null]
  - name: play_count
    description: Plays of any length of all its versions.
    data_tests: [not_null]
  - name: first_started_at
    description: Start of its first play, UTC.
    data_tests: [not_null]
  - name: last_started_at
    description: Start of its latest play, UTC.
    data_tests: [not_null]
---*/

with

plays as (

    select * from {{ref 'plays'}}

    where song_id is not null

),

versions_counted as (

    select
        song_id,
        track_id,
        track_name,
        artist_name,
        artist_key,
        album_name,
        count(*) as play_count,
        min(started_at) as first_started_at,
        max(started_at) as last_started_at

    from plays

    group by song_id, track_id, track_name, artist_name, artist_key, album_name

),

versions_ranked as (

    select
        *,
        row_number() over (
            partition by song_id
            order by
                track_id is null, play_count desc, last_started_at desc,
                track_id, track_name, album_name, artist_name
        ) as version_rank

    from versions_counted

),

songs_counted as (

    select
        song_id,
        count(distinct track_id) as track_count,
        cast(sum(play_count) as bigint) as play_count,
        min(first_started_at) as first_started_at,
        max(last_started_at) as last_started_at

    from versions_counted

    group by song_id

),

songs_named as (

    select
        versions_ranked.song_id,
        versions_ranked.track_id,
        versions_ranked.track_name as song_name,
        versions_ranked.artist_name,
        versions_ranked.artist_key,
        versions_ranked.album_name,
        songs_counted.track_count,
        songs_counted.play_count,
        songs_counted.first_started_at,
        songs_counted.last_started_at

    from versions_ranked

    inner join songs_counted
        on versions_ranked.song_id = songs_counted.song_id

    where versions_ranked.version_rank = 1

)

select * from songs_named
