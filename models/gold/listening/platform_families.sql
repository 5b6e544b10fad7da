/*---
description: One row a platform string that any play has, with its kind of player by seed platforms.
materialized: ephemeral
columns:
  - name: platform
    description: Device and system as Spotify names them.
  - name: platform_family
    description: Kind of player; other where no pattern occurs in the string.
---*/

with

plays as (

    select platform from {{ref 'plays'}}

),

platforms as (

    select precedence, pattern, platform_family from {{ref 'platforms'}}

),

platforms_named as (

    select distinct platform from plays

    where platform is not null

),

families_matched as (

    select
        platforms_named.platform,
        coalesce(
            min_by(platforms.platform_family, platforms.precedence),
            'other'
        ) as platform_family

    from platforms_named

    left join platforms
        on {{> matches text='lower(platforms_named.platform)' pattern='platforms.pattern'}}

    group by platforms_named.platform

)

select * from families_matched
